package tui

import (
	"encoding/json"
	"fmt"
	"strings"

	"batten/plan"
)

// changeSigns say what an edit does to the file.
var changeSigns = map[plan.Op]struct {
	role role
	sign string
}{
	plan.Set: {good, "+"}, plan.Add: {good, "+"}, plan.Replace: {warning, "~"}, plan.Remove: {bad, "-"}, plan.Drop: {bad, "-"},
}

// changeLine is an edit in short: where, and what it becomes.
func changeLine(c plan.Change, w int) []line {
	s := changeSigns[c.Op]
	path := strings.Join(c.Path, ".")
	if c.At != nil {
		path = strings.Join(c.At.Path, ".")
	}
	text := path
	if value := valueText(c.Value); value != "" {
		text += ": " + value
	}
	return indented(as(s.role, s.sign), normal, text, 2, w)
}

// maxValue bounds a value that is shown in short.
const maxValue = 200

// valueText is a value of an edit on one line.
func valueText(v any) string {
	var text string
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		text = v
	default:
		data, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprintf("a %T", v)
		}
		text = string(data)
	}
	if text = clean(text); len(text) > maxValue {
		text = cut(text, maxValue) + "…"
	}
	return text
}

package plan

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// settingsHead begins a batten.yaml that batten makes.
const settingsHead = `# What was decided about this project; read by every batten harden.
# rule: B020, B020/SERVICE or B020/SERVICE/KEY, with one of
#   apply: why      skip: why not      value: what instead of the measured value
`

// EditSettings puts decisions into the text of a batten.yaml and leaves everything
// else in it as it is. A decision on the same thing is replaced.
func EditSettings(data []byte, add []Setting) ([]byte, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		data = []byte(settingsHead + "decisions:\n")
	}
	for _, s := range add {
		var err error
		if data, err = editSetting(data, s); err != nil {
			return nil, err
		}
	}
	if _, err := ParseSettings(data); err != nil {
		return nil, err
	}
	return data, nil
}

func editSetting(data []byte, s Setting) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSettings, err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	if last := lines[len(lines)-1]; last == "" {
		lines = lines[:len(lines)-1]
	} else {
		lines[len(lines)-1] = last + "\n"
	}
	list := decisionsNode(&doc)
	if list == nil || list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		return startDecisions(lines, &doc, list, s)
	}
	if list.Style&yaml.FlowStyle != 0 {
		return nil, at(list, "decisions are written in one line; write them as a list, one a line")
	}
	indent := strings.Repeat(" ", max(list.Column-1, 0))
	for _, item := range list.Content {
		if item.Kind == yaml.MappingNode && sameSubject(item, s) {
			first, last := item.Line-1, lastLine(item)
			return []byte(strings.Join(slices.Concat(lines[:first], s.lines(indent), lines[last:]), "")), nil
		}
	}
	end := lastLine(list)
	return []byte(strings.Join(slices.Concat(lines[:end], s.lines(indent), lines[end:]), "")), nil
}

// startDecisions writes the first decision of a file.
func startDecisions(lines []string, doc *yaml.Node, list *yaml.Node, s Setting) ([]byte, error) {
	if list == nil {
		lines = append(lines, "decisions:\n")
		return []byte(strings.Join(append(lines, s.lines("  ")...), "")), nil
	}
	root := doc.Content[0]
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "decisions" {
			line := root.Content[i].Line
			lines[line-1] = "decisions:\n"
			return []byte(strings.Join(slices.Concat(lines[:line], s.lines("  "), lines[line:]), "")), nil
		}
	}
	return nil, at(list, "no place for a decision")
}

func decisionsNode(doc *yaml.Node) *yaml.Node {
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil
	}
	root := doc.Content[0]
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "decisions" {
			return root.Content[i+1]
		}
	}
	return nil
}

func sameSubject(item *yaml.Node, s Setting) bool {
	for i := 0; i+1 < len(item.Content); i += 2 {
		if item.Content[i].Value == "rule" {
			return item.Content[i+1].Value == ID(s.Rule, s.Service, s.Key)
		}
	}
	return false
}

// lastLine is the last line, 1-based, that a block node reaches into. Decisions
// hold single-line scalars, or block scalars whose lines are counted.
func lastLine(n *yaml.Node) int {
	last := n.Line
	for _, c := range n.Content {
		last = max(last, lastLine(c))
	}
	if n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		last += strings.Count(strings.TrimRight(n.Value, "\n"), "\n") + 1
	}
	return last
}

// lines are a decision as it is written, indented.
func (s Setting) lines(indent string) []string {
	out := []string{indent + "- rule: " + scalar(ID(s.Rule, s.Service, s.Key)) + "\n"}
	if s.Apply != nil {
		word := "skip"
		if *s.Apply {
			word = "apply"
		}
		out = append(out, indent+"  "+word+": "+scalar(s.Reason)+"\n")
	}
	if s.Value != "" {
		out = append(out, indent+"  value: "+scalar(s.Value)+"\n")
	}
	return out
}

// scalar writes text so that YAML reads the same text back, in one line.
func scalar(text string) string {
	plain := text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./ ,()", r))
	}) && strings.TrimSpace(text) == text && (text[0] >= 'a' && text[0] <= 'z' || text[0] >= 'A' && text[0] <= 'Z')
	if plain {
		var back any
		if err := yaml.Unmarshal([]byte(text), &back); err == nil && back == any(text) {
			return text
		}
	}
	return quoted(text)
}

// quoted is a double-quoted YAML scalar.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

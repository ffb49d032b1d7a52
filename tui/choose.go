package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"batten/plan"
)

// chooser is a dialog that asks for one value: one of some, or the user's own.
type chooser struct {
	head   string
	note   string   // what a value looks like
	values []string // that make sense
	now    string   // the one that is taken at present, "" for none
	field  field    // the user's own
	at     int      // in values; behind them is the field
	why    string   // why the value will not do
	done   func(m *model, value string) work
}

// chooseValue opens a chooser for a finding's value.
func (m *model) chooseValue(f plan.Finding, done func(m *model, value string) work) {
	c := &chooser{head: "value of " + f.ID(), note: valueForms[f.Rule], done: done, now: f.Fix.Value, field: newField("")}
	c.values = slices.Clone(f.Fix.Options)
	if f.Fix.Value != "" && !slices.Contains(c.values, f.Fix.Value) {
		c.values = append([]string{f.Fix.Value}, c.values...)
	}
	c.at = max(slices.Index(c.values, c.now), 0)
	if len(c.values) == 1 { // nothing to choose from: an own value is wanted
		c.field, c.at = newField(c.now), 1
	}
	m.open(c)
}

func (c *chooser) title(*model) string { return c.head }

func (c *chooser) size(_ *model, w, _ int) (int, int) {
	w = min(w, 70)
	return w, len(c.values) + 1 + len(c.below(w))
}

func (c *chooser) below(w int) []line {
	switch {
	case c.why != "":
		return append([]line{nil}, wrap(warning, c.why, w)...)
	case c.note != "":
		return append([]line{nil}, wrap(muted, c.note, w)...)
	}
	return nil
}

func (c *chooser) lines(_ *model, w, _ int) []line {
	var out []line
	for i, v := range c.values {
		l := said("  ").and(normal, v)
		if i == c.at {
			l = as(accent, "▸ ").and(strong, v)
		}
		if v == c.now {
			l = l.and(muted, "  as it is now")
		}
		out = append(out, l)
	}
	own := said("  ").and(muted, "another: ")
	if c.at == len(c.values) {
		own = joined(as(accent, "▸ ").and(muted, "another: "), c.field.line(max(w-11, 1)))
	} else {
		own = own.and(normal, c.field.value())
	}
	return append(append(out, own), c.below(w)...)
}

func (c *chooser) hints(*model) []hint {
	return []hint{{"↑ ↓", "choose"}, {"enter", "take it"}, {"esc", "leave it"}}
}

func (c *chooser) paste(_ *model, text string) {
	c.at = len(c.values)
	c.field.paste(text)
	c.why = ""
}

func (c *chooser) press(m *model, key tea.KeyPressMsg) (work, bool) {
	inField := c.at == len(c.values)
	switch k := key.String(); {
	case k == "esc":
		return nil, true
	case k == "enter":
		return c.take(m)
	case k == "up" || k == "k" && !inField:
		c.at = max(c.at-1, 0)
	case k == "down" || k == "j" && !inField:
		c.at = min(c.at+1, len(c.values))
	case k == "tab":
		c.at = (c.at + 1) % (len(c.values) + 1)
	case inField || key.Text != "":
		c.at = len(c.values) // what is written goes into the field
		c.field.press(key)
	}
	c.why = ""
	return nil, false
}

func (c *chooser) take(m *model) (work, bool) {
	value := c.field.value()
	if c.at < len(c.values) {
		value = c.values[c.at]
	}
	if value == "" {
		c.why = "write a value, or choose one with ↑ and ↓"
		return nil, false
	}
	m.close(c) // before, so that done may open another dialog
	return c.done(m, value), true
}

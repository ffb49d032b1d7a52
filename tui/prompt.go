package tui

import (
	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// field is one line of text that is being written. It takes every key but those that end
// it.
type field struct{ input textinput.Model }

func newField(text string) field {
	in := textinput.New()
	in.Prompt = ""
	in.CharLimit = 400
	in.KeyMap.Paste = key.NewBinding(key.WithDisabled()) // would run programs; pasting arrives as text
	in.SetVirtualCursor(false)
	in.SetValue(text)
	in.CursorEnd()
	in.Focus()
	return field{in}
}

func (f *field) value() string { return f.input.Value() }

func (f *field) press(key tea.KeyPressMsg) { f.input, _ = f.input.Update(key) }

func (f *field) paste(text string) {
	f.input.SetValue(f.input.Value() + clean(text))
	f.input.CursorEnd()
}

// line shows the text with its cursor.
func (f *field) line(w int) line {
	text := []rune(f.input.Value())
	at := min(f.input.Position(), len(text))
	before, under, after := string(text[:at]), " ", ""
	if at < len(text) {
		under, after = string(text[at]), string(text[at+1:])
	}
	for width(clean(before)) > max(w-2, 1) { // keeps the cursor in view
		before = string([]rune(before)[1:])
	}
	return line{{normal, before}, {chosen, under}, {normal, after}}.fit(w, "")
}

// prompt is a dialog that asks for one line of text. What is written is shown in its
// effect at once where it has one.
type prompt struct {
	what   string
	field  field
	note   string // below
	done   func(m *model, text string) work
	change func(m *model, text string) // at each key; may be nil
	cancel func(m *model)              // on esc; may be nil
	refuse func(text string) string    // why the text will not do, "" when it will; may be nil
	why    string
}

func newPrompt(what, text string, done func(m *model, text string) work) *prompt {
	return &prompt{what: what, field: newField(text), done: done}
}

func (p *prompt) title(*model) string { return p.what }

func (p *prompt) size(_ *model, w, _ int) (int, int) {
	n := 1 + len(p.below(min(w, 70)))
	return min(w, 70), n
}

func (p *prompt) below(w int) []line {
	switch {
	case p.why != "":
		return wrap(warning, p.why, w)
	case p.note != "":
		return wrap(muted, p.note, w)
	}
	return nil
}

func (p *prompt) lines(_ *model, w, _ int) []line {
	return append([]line{p.field.line(w)}, p.below(w)...)
}

func (p *prompt) hints(*model) []hint { return []hint{{"enter", "take it"}, {"esc", "leave it"}} }

func (p *prompt) paste(m *model, text string) {
	p.field.paste(text)
	p.changed(m)
}

func (p *prompt) changed(m *model) {
	p.why = ""
	if p.change != nil {
		p.change(m, p.field.value())
	}
}

func (p *prompt) press(m *model, key tea.KeyPressMsg) (work, bool) {
	switch key.String() {
	case "esc":
		if p.cancel != nil {
			p.cancel(m)
		}
		return nil, true
	case "enter":
		if p.refuse != nil {
			if p.why = p.refuse(p.field.value()); p.why != "" {
				return nil, false
			}
		}
		m.close(p) // before, so that done may open another one
		return p.done(m, p.field.value()), true
	}
	p.field.press(key)
	p.changed(m)
	return nil, false
}

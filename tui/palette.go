package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// palette is a dialog that does everything by name: verbs, and commands of the command
// line.
type palette struct {
	field   field
	list    list
	entries []entry
	order   []int // entries that fit, the best first
	version int   // of the model that entries were made from
	why     string
}

func newPalette(m *model) dialog {
	p := &palette{field: newField("")}
	p.list.row = func(i, w int) line { return p.row(m, &p.entries[p.order[i]], w) }
	p.make(m)
	return p
}

func (p *palette) make(m *model) {
	p.entries, p.version = m.entries(), m.version
	p.choose()
}

// line is what was typed, without what stands before every command.
func (p *palette) line() string {
	line := strings.TrimLeft(p.field.value(), " ")
	if rest, ok := strings.CutPrefix(line, "batten "); ok {
		line = strings.TrimLeft(rest, " ")
	}
	return line
}

// choose lists what fits.
func (p *palette) choose() {
	typed := strings.TrimRight(p.line(), " ")
	ranks := make([]int, len(p.entries))
	p.order = p.order[:0]
	for i := range p.entries {
		if ranks[i] = p.entries[i].rank(typed); ranks[i] != rankNone {
			p.order = append(p.order, i)
		}
	}
	slices.SortStableFunc(p.order, func(a, b int) int { return ranks[a] - ranks[b] })
	p.list.set(len(p.order))
}

// changed is what follows a key in the field.
func (p *palette) changed() {
	p.why = ""
	p.choose()
	p.list.end(false)
}

func (p *palette) current() *entry {
	if i := p.list.current(); i >= 0 {
		return &p.entries[p.order[i]]
	}
	return nil
}

func (p *palette) title(*model) string { return "commands" }

func (p *palette) hints(*model) []hint {
	return []hint{{"enter", "do it"}, {"tab", "complete"}, {"ctrl+y", "copy"}, {"esc", "close"}}
}

func (p *palette) paste(_ *model, text string) {
	p.field.paste(text)
	p.changed()
}

func (p *palette) press(m *model, key tea.KeyPressMsg) (work, bool) {
	switch k := key.String(); {
	case k == "esc":
		return nil, true
	case k == "enter":
		return p.take(m)
	case k == "up" || k == "ctrl+p":
		p.list.move(-1)
	case k == "down" || k == "ctrl+n":
		p.list.move(1)
	case k == "pgup":
		p.list.page(-2)
	case k == "pgdown":
		p.list.page(2)
	case k == "tab":
		p.complete(m)
	case k == "ctrl+y", k == "Y" && p.field.value() == "":
		return p.copy(m), false
	default:
		p.field.press(key)
		p.changed()
	}
	return nil, false
}

// complete writes the command into the field, to be gone on with.
func (p *palette) complete(m *model) {
	e := p.current()
	switch {
	case e == nil || e.typed(p.line()):
	case e.command != nil:
		p.field = newField(e.command.Line + " ")
		p.changed()
	case e.commandLine(m) != "":
		p.field = newField(e.commandLine(m))
		p.changed()
	}
}

func (p *palette) copy(m *model) work {
	e := p.current()
	switch {
	case e == nil:
		return m.copy("")
	case e.typed(p.line()):
		return m.copy("batten " + p.line())
	}
	return m.copy(e.commandLine(m))
}

// take does what the cursor is on. What cannot be taken back asks first, as everywhere.
func (p *palette) take(m *model) (work, bool) {
	e := p.current()
	switch {
	case e == nil:
		p.why = "nothing is called that"
		return nil, false
	case e.verb == nil:
		return p.takeCommand(m, e)
	}
	m.onScreen(e.verb.where, func() { p.why = e.verb.reason(m) })
	if p.why != "" {
		return nil, false
	}
	m.close(p) // before, so that the verb may open another one
	m.goTo(e.verb.where)
	return m.perform(*e.verb), true
}

func (p *palette) takeCommand(m *model, e *entry) (work, bool) {
	line := e.command.Line
	if e.typed(p.line()) {
		line = strings.TrimRight(p.line(), " ")
	}
	if line == e.command.Line && e.wants() {
		p.why = "write what it needs: " + e.command.Usage
		if p.field.value() != line+" " {
			p.field = newField(line + " ")
			p.choose()
			p.list.end(false)
		}
		return nil, false
	}
	words, err := splitWords(line)
	if err == nil {
		p.why = m.refuses(e.command, words)
	} else {
		p.why = err.Error()
	}
	if p.why != "" {
		return nil, false
	}
	m.close(p)
	return m.runCommand(e.command, words), true
}

package tui

import (
	"strings"

	"batten/internal/engine"
)

var (
	_ opener    = (*contentPane)(nil)
	_ explainer = (*contentPane)(nil)
	_ explains  = (*contentPane)(nil)
)

// open looks closer at the line with the cursor.
func (p *contentPane) open(m *model) work { return p.explained(m) }

// explained explains what the line with the cursor is about.
func (p *contentPane) explained(m *model) work {
	i := p.current()
	if i < 0 {
		return nil
	}
	r := p.rows.at(i)
	switch names := r.names(); {
	case len(names) > 0:
		return m.explain(names...)
	case r.closer != nil:
		m.open(read(r.closer.title, r.closer.lines))
		return nil
	}
	m.tell(muted, "this line has no reason of its own: n goes to the next that has")
	return m.expire()
}

// explains is the command line of e.
func (p *contentPane) explains(m *model) string {
	if i := p.current(); i >= 0 && i < p.rows.count() {
		if names := p.rows.at(i).names(); len(names) > 0 {
			return m.explainCommand(names...)
		}
	}
	return ""
}

// aboutLines find what a line of a profile's file is about, nil of other files.
func aboutLines(m *model, f *engine.FileChange) func(text string) lineAbout {
	switch kindOf(f) {
	case kindSeccomp:
		calls := map[string]bool{}
		for _, g := range m.hardening.Calls(serviceOf(m, f)) {
			for _, c := range g.Calls {
				calls[c.Name] = true
			}
		}
		return func(text string) lineAbout {
			if name := strings.Trim(text, "\t \","); calls[name] {
				return lineAbout{about: []string{name}}
			}
			return lineAbout{}
		}
	case kindAppArmor:
		rules := map[string]lineAbout{}
		for _, g := range m.hardening.AppArmorRules(serviceOf(m, f)) {
			for _, r := range g.Rules {
				rules[r.Text] = aboutRule(g.Title, r)
			}
		}
		return func(text string) lineAbout {
			rule, _, _ := strings.Cut(strings.TrimSpace(text), "  #")
			return rules[rule]
		}
	}
	return nil
}

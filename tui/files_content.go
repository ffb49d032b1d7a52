package tui

import (
	"fmt"
	"strings"

	"batten/internal/engine"
	"batten/plan"
)

// contentPane is what the chosen file says: a difference with its reasons, a profile by
// reasons, or the file's own lines.
type contentPane struct {
	list
	of   *filesScreen
	rows []contentRow
	left int // cells that are scrolled away on the left
	made contentKey
	note string
}

// contentKey is what the rows were made from.
type contentKey struct {
	version, w, beside, view int
	path                     string
}

// besideWide is the width from which differences stand side by side by themselves.
const besideWide = 110

func (p *contentPane) prepare() {
	p.list.words = func(i int) string { return p.rows[i].text() }
	p.list.row = func(i, w int) line {
		if p.left == 0 {
			return p.rows[i].line
		}
		return part(p.rows[i].fit(p.left+w, ""), p.left, w)
	}
	p.empty = "choose a file"
}

func (p *contentPane) title(*model) string {
	f := p.of.chosen()
	if f == nil {
		return "content"
	}
	if p.note != "" {
		return f.Path + ": " + p.note
	}
	return f.Path
}

func (p *contentPane) besideNow() bool {
	return p.of.beside == 2 || p.of.beside == 0 && p.made.w >= besideWide
}

func (p *contentPane) shift(by int) { p.left = max(p.left+by, 0) }

func (p *contentPane) lines(m *model, w, h int, focused bool) []line {
	p.of.list.bring(m)
	p.bring(m, w)
	return p.draw(w, h, focused)
}

func (p *contentPane) bring(m *model, w int) {
	f := p.of.chosen()
	now := contentKey{m.version + 1, w, p.of.beside, p.of.view, ""}
	if f != nil {
		now.path = f.Path
	}
	if p.made == now {
		return
	}
	if p.made.path != now.path {
		p.cursor, p.top, p.left = 0, 0, 0
	}
	p.made, p.rows, p.note = now, nil, ""
	if f != nil {
		p.rows = p.build(m, f, max(w-2, 10))
	}
	p.list.set(len(p.rows))
}

// build makes the rows of a file.
func (p *contentPane) build(m *model, f *engine.FileChange, w int) []contentRow {
	switch kind := profileKind(f); {
	case len(f.Hunks) > 0:
		p.note = "compared with " + f.From
		return diffView{w: w, beside: p.besideNow(), remark: remarks(m)}.rows(f.Hunks)
	case kind == kindSeccomp && p.of.view != viewFile:
		return p.callRows(m, f, w)
	case kind == kindAppArmor && p.of.view != viewFile:
		return p.ruleRows(m, f, w)
	}
	text, err := m.hardening.Text(f.Path)
	switch {
	case err != nil:
		return textRows(danger, err.Error(), w)
	case text.Secret:
		return textRows(muted, "the value of a secret: written into the file, and never shown", w)
	}
	out := make([]contentRow, len(text.Lines))
	for i, l := range text.Lines {
		row := as(muted, fmt.Sprintf("%4d ", i+1)).and(normal, strings.ReplaceAll(l.Text, "\t", "    "))
		if len(l.Findings) > 0 {
			row = row.and(accent, "  # "+strings.Join(rulesOf(l.Findings), " "))
		}
		out[i] = contentRow{line: row, about: rulesOf(l.Findings)}
	}
	return out
}

func textRows(r role, text string, w int) []contentRow {
	var out []contentRow
	for _, l := range wrap(r, text, w) {
		out = append(out, contentRow{line: l})
	}
	return out
}

// remarks say of each finding what it changes and the first fact that it rests on.
func remarks(m *model) func(id string) (line, string) {
	found := map[string]*plan.Finding{}
	for i := range m.hardening.Plan.Decisions {
		f := &m.hardening.Plan.Decisions[i].Finding
		found[f.ID()] = f
	}
	return func(id string) (line, string) {
		f := found[id]
		if f == nil || f.Fix == nil {
			return nil, ""
		}
		text := f.Fix.Summary
		if len(f.Evidence) > 0 {
			text += ": " + f.Evidence[0].Text
		}
		return said(text), f.Rule
	}
}

// ruleOf is the rule in the id of a finding.
func ruleOf(id string) string {
	rule, _, _ := strings.Cut(id, "/")
	return rule
}

// next goes to the next or previous hunk or group, or to what a filter found.
func (p *contentPane) next(by int) {
	if p.wanted != "" {
		p.move(by)
		return
	}
	for i := p.cursor + by; i >= 0 && i < p.count(); i += by {
		if p.rows[p.item(i)].hunk {
			p.cursor = i
			p.top = i
			p.clamp()
			return
		}
	}
}

// explained explains what the line with the cursor is about.
func (p *contentPane) explained(m *model) work {
	if i := p.current(); i >= 0 && len(p.rows[i].about) > 0 {
		return m.explain(p.rows[i].about...)
	}
	m.tell(muted, "this line has no reason of its own: n goes to the next change")
	return nil
}

func (p *contentPane) copied() string {
	if i := p.current(); i >= 0 {
		return strings.TrimSpace(p.rows[i].text())
	}
	return ""
}

func (p *contentPane) command(m *model) string { return p.of.commandOf(m) }

// commandOf is the command that shows the chosen file.
func (s *filesScreen) commandOf(m *model) string {
	f := s.chosen()
	if f == nil {
		return m.hardenCommand()
	}
	switch service := serviceOf(m, f); profileKind(f) {
	case kindSeccomp:
		return m.cli("profile", "show", service)
	case kindAppArmor:
		return m.cli("profile", "export", service, "--format", "apparmor")
	}
	return m.hardenCommand()
}

package tui

import (
	"strings"

	"batten/plan"
)

// remarks say of findings what they change and the first fact that each rests on.
type remarks struct {
	version int
	w       int // cells that a remark may take
	found   map[string]*plan.Finding
}

// bring takes the findings of the plan as it is now.
func (r *remarks) bring(m *model, w int) {
	r.w = w
	if r.version == m.version+1 {
		return
	}
	r.version, r.found = m.version+1, nil
	if p := m.plan(); p != nil {
		r.found = make(map[string]*plan.Finding, len(p.Decisions))
		for i := range p.Decisions {
			f := &p.Decisions[i].Finding
			r.found[f.ID()] = f
		}
	}
}

// of is the remark about a finding, none when it is not in the plan.
func (r *remarks) of(id string) []line {
	if f := r.found[id]; f != nil {
		return remarkLines(f, r.w)
	}
	return nil
}

// height is how many lines the remark about a finding takes. It is asked of all of them
// before one is drawn, so that what fits into one line is told by its length.
func (r *remarks) height(id string) int {
	f := r.found[id]
	if f == nil {
		return 0
	}
	room := remarkRoom(r.w)
	if !fitsOneLine(id+": "+remarkText(f), room) {
		return len(remarkLines(f, r.w))
	}
	switch {
	case len(f.Evidence) == 0:
		return 1
	case fitsOneLine(f.Evidence[0].Text, room):
		return 2
	}
	return len(remarkLines(f, r.w))
}

// fitsOneLine tells whether a text surely fits into so many cells.
func fitsOneLine(text string, room int) bool {
	if len(text) > room {
		return false
	}
	for i := range len(text) {
		if text[i] < 0x20 || text[i] >= 0x7f {
			return false
		}
	}
	return true
}

const remarkIndent = 4

func remarkRoom(w int) int { return max(w-remarkIndent, 10) }

// remarkText is what a finding changes, or else what it is.
func remarkText(f *plan.Finding) string {
	if f.Fix != nil {
		return f.Fix.Summary
	}
	return f.Message
}

// remarkLines are a finding's severity and id with what it changes, and below the first
// fact that it rests on, in as many lines as they take.
func remarkLines(f *plan.Finding, w int) []line {
	sign, id := severitySigns[f.Severity]+" ", clean(f.ID())
	var out []line
	for i, row := range wrap(strong, id+": "+remarkText(f), remarkRoom(w)) {
		if i > 0 {
			out = append(out, as(normal, repeated(" ", remarkIndent)+row.text()))
			continue
		}
		head := as(severityRole(f.Severity), sign)
		if rest, ok := strings.CutPrefix(row.text(), id); ok {
			out = append(out, head.and(strong, id).and(normal, rest))
		} else {
			out = append(out, head.with(row))
		}
	}
	if len(f.Evidence) > 0 {
		for _, row := range wrap(muted, f.Evidence[0].Text, remarkRoom(w)) {
			out = append(out, as(muted, repeated(" ", remarkIndent)).with(row))
		}
	}
	return out
}

// ruleOf is the rule in the id of a finding.
func ruleOf(id string) string {
	rule, _, _ := strings.Cut(id, "/")
	return rule
}

// remarkRows are a remark as rows before the line that it is about.
func remarkRows(remark []line, id string, place int) []contentRow {
	out := make([]contentRow, len(remark))
	for i, l := range remark {
		out[i] = fixed(l)
		out[i].ids, out[i].place = []string{id}, place
	}
	return out
}

package tui

import "fmt"

// servicePane shows the service with the cursor in detail.
type servicePane struct {
	prose
	state *overviewState
	made  factsKey
}

// factsKey is what the text was made for.
type factsKey struct {
	version, w int
	service    string
}

func (p *servicePane) title(m *model) string {
	if r := p.current(m); r != nil {
		return r.nameText() + ", " + r.summary()
	}
	return "service"
}

// current is the row to show, which the list of services chooses.
func (p *servicePane) current(m *model) *serviceRow {
	m.overview().services.bring(m)
	return p.state.row(p.state.service)
}

func (p *servicePane) lines(m *model, w, h int, _ bool) []line {
	r := p.current(m)
	key := factsKey{p.state.version, w, p.state.service}
	if p.made != key {
		if p.made.service != key.service {
			p.top = 0
		}
		p.made = key
		p.set(m.serviceLines(r, w))
	}
	return p.draw(w, h)
}

// besideWidth is from where checklist and score stand beside each other.
const besideWidth = 96

// serviceLines are the service at a glance.
func (m *model) serviceLines(r *serviceRow, w int) []line {
	if r == nil {
		return wrap(muted, "nothing is known yet", w)
	}
	items, planned := m.checklistOf(r.known)
	var out []line
	check, score := func(w int) []line { return checklistLines(items, planned, w) }, func(w int) []line { return scoreLines(r, w) }
	if w >= besideWidth {
		left := min(detailWidth, w/2+8)
		out = append(out, beside(check(left), score(w-left-4), left, 4)...)
	} else {
		out = append(append(append(out, check(w)...), nil), score(w)...)
	}
	return append(append(out, nil), m.serviceFacts(r, w)...)
}

// summary is how it stands, in a few words.
func (r *serviceRow) summary() string {
	switch {
	case r.now == 0:
		return "no findings"
	case r.planned:
		return fmt.Sprintf("%s, the plan leaves %d", counted(r.now, "finding", "findings"), r.left)
	}
	return counted(r.now, "finding", "findings")
}

// beside puts two blocks next to each other.
func beside(left, right []line, w, gap int) []line {
	out := make([]line, max(len(left), len(right)))
	for i := range out {
		var l, r line
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			r = right[i]
		}
		out[i] = joined(l.fit(w, "…"), said(repeated(" ", gap)), r)
	}
	return out
}

// scoreLines are the summands of the score, each as a small bar.
func scoreLines(r *serviceRow, w int) []line {
	head := as(heading, "score").and(normal, fmt.Sprintf("  %d", r.score.Before))
	if r.planned {
		head = head.and(muted, " → ").and(good, fmt.Sprint(r.score.After))
	}
	out := []line{head.and(muted, " of 100")}
	const name, numbers = 16, 15
	bar := min(max(w-name-numbers-1, 5), 20)
	for _, p := range r.score.Parts {
		after := p.Before
		if r.planned {
			after = p.After
		}
		row := joined(column(normal, p.Name, name), scoreBar(p.Before, after, p.Max, bar), said(fmt.Sprintf(" %2d", p.Before)))
		if r.planned {
			row = row.and(muted, " → ").and(good, fmt.Sprintf("%2d", p.After))
		}
		out = append(out, row.and(muted, fmt.Sprintf(" of %d", p.Max)))
	}
	return out
}

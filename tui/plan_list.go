package tui

import (
	"fmt"

	"batten/plan"
)

// planFindings is the pane with the findings and their decisions.
type planFindings struct {
	list
	of *planScreen
	on rowName // what the cursor was on when the view was made
}

func newPlanFindings(of *planScreen) *planFindings {
	p := &planFindings{of: of}
	p.row = p.rowOf
	return p
}

func (p *planFindings) title(m *model) string {
	p.of.sync(m) // it is drawn first
	v := &p.of.view
	title := "Findings by " + groupingWords[v.by]
	if v.show != showAll {
		title += ", " + choosingWords[v.show]
	}
	return title
}

// filter keeps headings over what it lets through, so that the view does it.
func (p *planFindings) filter(text string) {
	p.wanted, p.of.view.wanted = text, text
}

func (p *planFindings) lines(m *model, w, h int, focused bool) []line {
	p.of.sync(m)
	p.empty = p.nothing(m)
	return p.draw(w, h, focused)
}

// nothing says why the list is empty and what to do.
func (p *planFindings) nothing(m *model) string {
	v := &p.of.view
	switch {
	case v.plan == nil && m.failed != nil:
		return "the project could not be planned: R tries it again"
	case v.plan == nil:
		return "the plan is being made"
	case len(v.plan.Decisions) == 0:
		return "no rule finds anything to change here"
	}
	return "none are " + choosingWords[v.show] + ": f shows others"
}

func (p *planFindings) rowOf(i, w int) line {
	v := &p.of.view
	r := v.rows[i]
	if r.item < 0 {
		return p.heading(&v.groups[r.group], w)
	}
	return p.finding(r.item, w)
}

// heading is the row over a group: its name, and how many of it are applied.
func (p *planFindings) heading(g *planGroup, w int) line {
	v := &p.of.view
	title := as(heading, p.of.groupTitle(g))
	parts := []line{as(good, fmt.Sprint(g.count[standApplied])).and(muted, fmt.Sprintf(" of %d applied", len(g.items)))}
	if n := g.count[standBlocked]; n > 0 {
		parts = append(parts, as(warning, fmt.Sprintf("%d blocked", n)))
	}
	if s, ok := v.scores[g.name]; ok && v.by == byService {
		parts = append(parts, as(muted, "score ").and(normal, fmt.Sprintf("%d → ", s.Before)).and(good, fmt.Sprint(s.After)))
	}
	least := min(width(clean(title.text())), w/2)
	var end line
	for _, part := range parts { // as many as leave room for the name
		longer := joined(end, said("  "), part)
		if least+width(longer.text()) > w {
			break
		}
		end = longer
	}
	return joined(title.fit(w-width(end.text()), "…"), end)
}

// The columns of a finding, by the room there is.
const (
	roomForSeverity = 56 // its word, beside the sign
	roomForBy       = 72 // who decided, in short
	roomForWords    = 96 // in full
	serviceWidth    = 12
)

func (p *planFindings) finding(i, w int) line {
	v := &p.of.view
	d := &v.plan.Decisions[i]
	f := &d.Finding
	k := marks[v.stand[i]]
	l := as(k.role, k.sign).and(normal, " ").and(severityRole(f.Severity), severitySigns[f.Severity]+" ")
	if v.by != bySeverity && w >= roomForSeverity {
		l = joined(l, column(severityRole(f.Severity), string(f.Severity), 9))
	}
	if v.by != byRule {
		l = l.and(muted, f.Rule+"  ")
	}
	if v.by != byService {
		l = joined(l, column(strong, serviceName(f.Service), serviceWidth), said("  "))
	}
	end := p.tail(d, k, w)
	room := max(w-width(l.text())-width(end.text())-1, 0)
	return joined(l, findingText(d, v.stand[i]).fit(room, "…"), said(" "), end)
}

// tail are the last columns: points and who decided.
func (p *planFindings) tail(d *plan.Decision, k mark, w int) line {
	points := ""
	if d.Points != 0 {
		points = fmt.Sprintf("%+d", d.Points)
	}
	r := muted
	if k.sign == marks[standApplied].sign {
		r = k.role
	}
	out := right(r, points, 3)
	by := p.of.view.decider(d)
	switch {
	case w >= roomForWords:
		return joined(out, said("  "), column(byRole(by), byWords[by], 11))
	case w >= roomForBy:
		return joined(out, said("  "), column(byRole(by), byShort[by], 4))
	}
	return out
}

// byShort are names of who decided where there is little room; what batten proposes
// needs none.
var byShort = map[plan.By]string{plan.ByUser: "you", plan.BySettings: "yaml"}

func byRole(by plan.By) role {
	if by == plan.ByUser {
		return accent
	}
	return muted
}

// findingText says what is done, or what is the case where nothing can be.
func findingText(d *plan.Decision, at standing) line {
	f := &d.Finding
	switch {
	case f.Fix == nil:
		return said(f.Message)
	case at == standBlocked:
		return said(f.Fix.Summary).and(muted, ": "+f.Fix.Blocked)
	}
	return said(f.Fix.Summary)
}

// serviceName is a service, or the whole project.
func serviceName(service string) string {
	if service == "" {
		return "project"
	}
	return service
}

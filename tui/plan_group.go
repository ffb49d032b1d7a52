package tui

import (
	"fmt"

	"batten/plan"
)

// aboutGroup is what can be said of all findings under a heading.
func (s *planScreen) aboutGroup(g *planGroup, w int) []line {
	out := wrap(strong, s.groupTitle(g), w)
	out = append(out, nil)
	for at, n := range g.count {
		if n > 0 {
			k := marks[at]
			out = append(out, as(k.role, k.sign).and(normal, fmt.Sprintf(" %4d ", n)).and(muted, k.word))
		}
	}
	out = append(out, nil)
	out = append(out, wrap(muted, "space and a apply all of them, or leave all as they are", w)...)
	switch s.view.by {
	case byService:
		if score, ok := s.view.scores[g.name]; ok {
			out = append(out, section("score", scoreParts(score, w))...)
		}
	case byRule:
		rule := s.rules[g.name]
		out = append(out, section("why it matters", wrap(normal, rule.Why, w))...)
		out = append(out, section("what batten changes", wrap(normal, rule.Fix, w))...)
		if rule.Breaks != "" {
			out = append(out, section("what that can break", wrap(normal, rule.Breaks, w))...)
		}
		out = append(out, section("from", sourceLines(rule.Sources, w))...)
	}
	return out
}

// scoreParts are what a service's score is made of, as bars.
func scoreParts(score plan.Score, w int) []line {
	out := []line{as(normal, fmt.Sprintf("%-18s %3d → ", "all", score.Before)).and(good, fmt.Sprintf("%3d", score.After)).and(muted, " of 100")}
	for _, p := range score.Parts {
		l := column(muted, p.Name, 18).and(normal, fmt.Sprintf(" %3d → ", p.Before)).and(good, fmt.Sprintf("%3d", p.After)).and(muted, fmt.Sprintf(" of %3d", p.Max))
		if room := w - 38; room >= 10 && p.Max > 0 {
			cells := min(room, 20)
			before := p.Before * cells / p.Max
			after := max(p.After*cells/p.Max, before)
			l = l.and(normal, "  ").and(normal, repeated("█", before)).and(good, repeated("▓", after-before)).and(muted, repeated("░", cells-after))
		}
		out = append(out, l)
	}
	return out
}

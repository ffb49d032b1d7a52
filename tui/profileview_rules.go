package tui

import (
	"strings"

	"batten/internal/engine"
)

// rulesView shows the rules of an AppArmor profile, each with its reason.
type rulesView struct {
	groups []engine.RuleGroup
	w      int
}

func (v rulesView) count() int {
	n := 0
	for _, g := range v.groups {
		n += len(g.Rules)
	}
	return n
}

func (v rulesView) rows() []contentRow {
	var out []contentRow
	for _, g := range v.groups {
		if len(out) > 0 {
			out = append(out, contentRow{})
		}
		out = append(out, groupHead(good, "✓", g.Title, len(g.Rules), v.w)...)
		n := v.ruleWidth(g)
		for _, r := range g.Rules {
			out = append(out, v.rule(g.Title, r, n)...)
		}
	}
	return out
}

// leastReason is the room from which reasons stand beside the rules instead of below.
const leastReason = 30

// ruleWidth is the room of a group's rules before their reasons: that of its longest
// rule of those that leave enough; few cells where none does, for reasons below.
func (v rulesView) ruleWidth(g engine.RuleGroup) int {
	n := 6
	for _, r := range g.Rules {
		if own := width(clean(r.Text)) + 4; v.w-own >= leastReason {
			n = max(n, own)
		}
	}
	return n
}

// rule is a rule with its reason beside it or below, and what its wildcards stand for.
func (v rulesView) rule(group string, r engine.RuleLine, n int) []contentRow {
	text := as(normal, "  "+r.Text)
	reasons := wrap(muted, r.Why, max(v.w-n, 10))
	if r.Generalised != "" {
		reasons = append(reasons, wrap(accent, "wider than seen: "+r.Generalised, max(v.w-n, 10))...)
	}
	var out []contentRow
	add := func(draw func(left, w int) line) {
		out = append(out, contentRow{
			lineAbout: aboutRule(group, r), text: r.Text + " " + r.Why + " " + r.Generalised, copy: r.Text, draw: draw,
		})
	}
	beside := width(clean(text.text())) <= n-2
	if !beside {
		add(func(left, w int) line { return scrolled(nil, text, left, w) })
	}
	for i, reason := range reasons {
		row := said("")
		if i == 0 && beside {
			row = text
		}
		row = row.fit(n, "").with(reason)
		add(func(int, int) line { return row })
	}
	return out
}

// aboutRule is what a rule is about: a capability or a path that the engine explains; of
// others what is known here.
func aboutRule(group string, r engine.RuleLine) lineAbout {
	if rest, ok := strings.CutPrefix(r.Text, "capability "); ok {
		return lineAbout{about: []string{"CAP_" + strings.ToUpper(strings.Trim(rest, ", "))}}
	}
	if at, _, ok := strings.Cut(strings.TrimPrefix(r.Text, `"`), `"`); ok && strings.HasPrefix(at, "/") && !strings.ContainsAny(at, `*?{}[]@\,`) {
		return lineAbout{about: []string{at}}
	}
	return lineAbout{closer: &closer{title: "AppArmor rule", lines: func(w int) []line {
		out := append(wrap(strong, r.Text, w), nil)
		out = append(out, below("kind", group, w)...)
		out = append(out, below("why", r.Why, w)...)
		return append(out, below("wider", r.Generalised, w)...)
	}}}
}

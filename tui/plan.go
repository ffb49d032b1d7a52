package tui

import (
	"batten/plan"
	"batten/plan/rules"
)

// planScreen shows the findings with what is decided about each, the one under the
// cursor with all that it rests on, and what it changes in the compose file.
type planScreen struct {
	view  planView
	rules map[string]plan.Rule // what rules say never changes

	list   *planFindings
	detail *planDetail
	diff   *planDiff
	// proposed is what is done about a finding when the user decides nothing, as far as
	// a plan showed it.
	proposed map[subject]bool
	learned  *plan.Plan
}

func newPlan(*model) screen {
	s := &planScreen{rules: map[string]plan.Rule{}, proposed: map[subject]bool{}}
	for _, r := range rules.All() {
		s.rules[r.ID] = r
	}
	s.list, s.detail, s.diff = newPlanFindings(s), &planDetail{of: s}, &planDiff{of: s}
	return s
}

func (s *planScreen) name() string  { return "Plan" }
func (s *planScreen) panes() []pane { return []pane{s.list, s.detail, s.diff} }

const (
	planTwo                  = 100 // from here two panes
	planThree, planThreeHigh = 120, 30
)

// layout: the list alone, with the finding, or with both the finding and its diff.
func (s *planScreen) layout(_ *model, w, h, focus int) []rect {
	switch {
	case w < planTwo:
		return split(w, h, focus, planTwo, 1, 1, 1)
	case w < planThree || h < planThreeHigh-top-bottom:
		out := make([]rect, 3)
		left := w * 11 / 20
		out[0], out[max(focus, 1)] = rect{0, 0, left, h}, rect{left, 0, w - left, h}
		return out
	}
	left, upper := w*11/20, h*3/5
	return []rect{{0, 0, left, h}, {left, 0, w - left, upper}, {left, upper, w - left, h - upper}}
}

// sync brings everything up to the plan.
func (s *planScreen) sync(m *model) {
	s.list.note()
	if !s.view.sync(m) {
		return
	}
	s.learn(m)
	first := s.list.items == 0
	s.list.stay()
	if first && len(s.view.rows) > 1 {
		s.list.move(1) // the first finding says more than its heading
		s.list.top = 0
	}
}

// learn notes what is proposed. It can only be seen of findings about which the user has
// not decided.
func (s *planScreen) learn(m *model) {
	p := s.view.plan
	if p == nil || p == s.learned {
		return
	}
	s.learned = p
	for i := range p.Decisions {
		d := &p.Decisions[i]
		if _, has := s.view.setting(d); !has && d.By != plan.ByUser {
			s.proposed[subjectOf(&d.Finding)] = d.Apply
		}
	}
}

// row is what the cursor is on; false when there is nothing.
func (s *planScreen) row() (planRow, bool) {
	i := s.list.current()
	if i < 0 || i >= len(s.view.rows) {
		return planRow{}, false
	}
	return s.view.rows[i], true
}

// current is the finding with the cursor, nil on a heading.
func (s *planScreen) current() *plan.Decision {
	r, ok := s.row()
	if !ok || r.item < 0 {
		return nil
	}
	return &s.view.plan.Decisions[r.item]
}

// decider is who decides now: the user, from the moment of the key.
func (v *planView) decider(d *plan.Decision) plan.By {
	if v.mine(d) {
		return plan.ByUser
	}
	return d.By
}

// groupTitle is a group's name in words.
func (s *planScreen) groupTitle(g *planGroup) string {
	switch s.view.by {
	case bySeverity:
		return severityText(plan.Severity(g.name))
	case byRule:
		return g.name + "  " + s.rules[g.name].Title
	}
	if g.name == "" {
		return "the whole project"
	}
	return g.name
}

func planScreenOf(m *model) *planScreen {
	for _, one := range m.screens {
		if s, ok := one.(*planScreen); ok {
			s.sync(m)
			return s
		}
	}
	return nil
}

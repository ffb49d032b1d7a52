package tui

import (
	"batten/plan"
)

// grouping is by what findings are listed.
type grouping uint8

const (
	byService grouping = iota
	bySeverity
	byRule
	groupings
)

var groupingWords = [...]string{byService: "service", bySeverity: "severity", byRule: "rule"}

// choosing is which findings are listed.
type choosing uint8

const (
	showAll choosing = iota
	showApplied
	showLeft
	showBlocked
	showMine
	choosings
)

var choosingWords = [...]string{showAll: "all", showApplied: "applied", showLeft: "not applied", showBlocked: "blocked", showMine: "mine"}

// planView is the plan as it is listed: made anew when the plan, the decisions or what is
// wanted of them changed, and never for a frame.
type planView struct {
	by     grouping
	show   choosing
	wanted string // filter

	made   viewStamp
	plan   *plan.Plan
	own    map[subject]plan.Setting
	stand  []standing // by decision
	scores map[string]plan.Score
	groups []planGroup
	rows   []planRow
}

// viewStamp is what a view was made from.
type viewStamp struct {
	version int
	by      grouping
	show    choosing
	wanted  string
	plan    *plan.Plan
}

// subject is what a decision is about.
type subject struct{ rule, service, key string }

func subjectOf(f *plan.Finding) subject { return subject{f.Rule, f.Service, f.Key} }

// sync makes the view anew where it has to be; it tells whether it did.
func (v *planView) sync(m *model) bool {
	now := viewStamp{m.version, v.by, v.show, v.wanted, m.plan()}
	before := v.made
	if before == now {
		return false
	}
	v.made, v.plan = now, now.plan
	v.groups, v.rows = v.groups[:0], v.rows[:0]
	if v.plan == nil {
		return true
	}
	if before.plan != now.plan || before.version != now.version {
		v.weigh(m)
	}
	v.group()
	return true
}

// weigh finds how each decision stands.
func (v *planView) weigh(m *model) {
	v.own = make(map[subject]plan.Setting, len(m.decisions.now))
	for _, s := range m.decisions.now {
		v.own[subject{s.Rule, s.Service, s.Key}] = s
	}
	v.scores = make(map[string]plan.Score, len(v.plan.Scores))
	for _, s := range v.plan.Scores {
		v.scores[s.Service] = s
	}
	v.stand = v.stand[:0]
	for i := range v.plan.Decisions {
		d := &v.plan.Decisions[i]
		own, has := v.setting(d)
		v.stand = append(v.stand, stands(d, own, has, m.planning > 0))
	}
}

// setting is what the user decided about a finding in this session.
func (v *planView) setting(d *plan.Decision) (plan.Setting, bool) {
	if len(v.own) == 0 {
		return plan.Setting{}, false
	}
	s, ok := v.own[subjectOf(&d.Finding)]
	return s, ok
}

// mine tells whether the user decided about it, now or on the command line.
func (v *planView) mine(d *plan.Decision) bool {
	_, has := v.setting(d)
	return has || d.By == plan.ByUser
}

func (v *planView) shows(i int) bool {
	switch v.show {
	case showApplied:
		return v.stand[i] == standApplied
	case showLeft:
		return v.stand[i] == standLeft || v.stand[i] == standAdvice
	case showBlocked:
		return v.stand[i] == standBlocked
	case showMine:
		return v.mine(&v.plan.Decisions[i])
	}
	return true
}

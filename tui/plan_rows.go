package tui

import (
	"cmp"
	"slices"

	"batten/plan"
)

// planGroup are findings under one heading.
type planGroup struct {
	name  string // service, severity or rule
	items []int  // decisions that are listed, the worst first
	count [len(marks)]int
	ranks [ranks]int // how many of each severity; then where the next of it goes
}

// ranks are the severities, with room for one that is none.
const ranks = 6

// planRow is a heading, or a finding.
type planRow struct{ group, item int } // item -1 is the heading

// group puts what is listed under headings, in two passes: to count, and to place.
func (v *planView) group() {
	fits := v.matcher()
	places := map[string]int{}
	at := make([]int, len(v.plan.Decisions)) // the group of each, -1 for what is not listed
	listed := 0
	for i := range v.plan.Decisions {
		at[i] = -1
		if !v.shows(i) || !fits(i) {
			continue
		}
		f := &v.plan.Decisions[i].Finding
		name := v.nameOf(f)
		g, known := places[name]
		if !known {
			g = len(v.groups)
			places[name] = g
			v.groups = append(v.groups, planGroup{name: name})
		}
		at[i] = g
		v.groups[g].count[v.stand[i]]++
		v.groups[g].ranks[severityRank(f.Severity)]++
		listed++
	}
	v.place(at, make([]int, listed))
	slices.SortStableFunc(v.groups, func(a, b planGroup) int { return v.order(a.name, b.name) })
	v.rows = slices.Grow(v.rows, listed+len(v.groups))
	for g := range v.groups {
		v.rows = append(v.rows, planRow{g, -1})
		for _, i := range v.groups[g].items {
			v.rows = append(v.rows, planRow{g, i})
		}
	}
}

// place gives each group its part of all, and puts the decisions into it.
func (v *planView) place(at, all []int) {
	from := 0
	for g := range v.groups {
		group := &v.groups[g]
		n := 0
		for rank, count := range group.ranks {
			group.ranks[rank] = n
			n += count
		}
		group.items = all[from : from+n : from+n]
		from += n
	}
	for i, g := range at {
		if g >= 0 {
			group := &v.groups[g]
			rank := severityRank(v.plan.Decisions[i].Finding.Severity)
			group.items[group.ranks[rank]] = i
			group.ranks[rank]++
		}
	}
}

func severityRank(s plan.Severity) int {
	if i := slices.Index(worstFirst, s); i >= 0 {
		return i
	}
	return len(worstFirst)
}

func (v *planView) nameOf(f *plan.Finding) string {
	switch v.by {
	case bySeverity:
		return string(f.Severity)
	case byRule:
		return f.Rule
	}
	return f.Service
}

func (v *planView) order(a, b string) int {
	if v.by == bySeverity {
		return cmp.Compare(severityRank(plan.Severity(a)), severityRank(plan.Severity(b)))
	}
	return cmp.Compare(a, b)
}

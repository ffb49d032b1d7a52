package report

import (
	"slices"

	"batten/plan"
)

// reasons are the findings behind lines of a new text, by line, and behind lines
// taken away, by the line before which they stood.
type reasons struct{ line, gone map[int][]string }

func indexReasons(why []plan.LineReason) reasons {
	r := reasons{map[int][]string{}, map[int][]string{}}
	for _, one := range why {
		if one.Last < one.First {
			r.gone[one.First] = union(r.gone[one.First], one.Findings)
			continue
		}
		for n := one.First; n <= one.Last; n++ {
			r.line[n] = union(r.line[n], one.Findings)
		}
	}
	return r
}

func (r reasons) ofLine(n int) []string { return r.line[n] }

// of are the findings behind a block: what its new lines are for, and what the old
// ones were taken away for.
func (r reasons) of(b block) []string {
	var out []string
	for n := b.newFrom + 1; n <= b.newTo; n++ {
		out = union(out, r.gone[n])
		out = union(out, r.line[n])
	}
	return union(out, r.gone[b.newTo+1])
}

// union keeps the order in which things were first named.
func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

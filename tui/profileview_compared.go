package tui

import (
	"slices"
	"strings"

	"batten/internal/engine"
)

// comparison is one outcome of comparing a profile with Docker's default.
type comparison struct {
	role  role
	sign  string
	title string
	holds func(c engine.CallLine, refused bool) bool
}

// comparisons are the outcomes in their order; each call has the first that holds.
var comparisons = []comparison{
	{warning, "+", "added: refused by Docker's default", func(c engine.CallLine, refused bool) bool { return !refused && c.Docker == dockerRefuses }},
	{bad, "-", "taken away, security-relevant", func(c engine.CallLine, refused bool) bool { return refused && c.Security }},
	{bad, "-", "taken away", func(_ engine.CallLine, refused bool) bool { return refused }},
	{accent, "~", "stays, judged by its arguments", func(c engine.CallLine, _ bool) bool { return c.Docker != "" && c.Args != "" }},
	{good, "=", "stays", func(c engine.CallLine, _ bool) bool { return c.Docker != "" }},
	{muted, "·", "of another architecture, not compared", func(engine.CallLine, bool) bool { return true }},
}

// compared are the calls by what became of them since Docker's default.
func (v callsView) compared() []contentRow {
	sorted := make([][]engine.CallLine, len(comparisons))
	for _, g := range v.groups {
		for _, c := range g.Calls {
			i := slices.IndexFunc(comparisons, func(x comparison) bool { return x.holds(c, g.Refused) })
			sorted[i] = append(sorted[i], c)
		}
	}
	out := v.counts().summary(v.w)
	first := true
	for i, x := range comparisons {
		if len(sorted[i]) == 0 {
			continue
		}
		if !first {
			out = append(out, contentRow{})
		}
		first = false
		out = append(out, groupHead(x.role, x.sign, x.title, len(sorted[i]), v.w)...)
		slices.SortFunc(sorted[i], func(a, b engine.CallLine) int { return strings.Compare(a.Name, b.Name) })
		for _, c := range sorted[i] {
			out = append(out, v.call(c)...)
		}
	}
	return out
}

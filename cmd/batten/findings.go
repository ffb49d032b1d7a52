package main

import (
	"slices"

	"batten/plan"
)

// worstFirst is findings by severity, those of one severity in the order they had.
func worstFirst(decisions []plan.Decision) []plan.Decision {
	out := slices.Clone(decisions)
	slices.SortStableFunc(out, func(a, b plan.Decision) int {
		switch x, y := a.Finding.Severity, b.Finding.Severity; {
		case x == y:
			return 0
		case x.AtLeast(y):
			return -1
		}
		return 1
	})
	return out
}

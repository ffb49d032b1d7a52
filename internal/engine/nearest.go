package engine

import (
	"runtime"

	"batten/profiles"
)

// nearest finds the call or capability that a mistyped name most likely means, ""
// when none is near.
func nearest(name string) string {
	best, distance := "", 3
	names := profiles.SyscallNames(profiles.NativeArch(runtime.GOARCH))
	for _, candidate := range append(names, profiles.CapabilityNames()...) {
		if len(name) > 40 {
			return ""
		}
		if d := edits(name, candidate, distance); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// edits is the number of letters to change, insert or delete to get from a to b,
// or limit if there are at least so many.
func edits(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := diagonal
			if a[i-1] != b[j-1] {
				change++
			}
			diagonal = row[j]
			row[j] = min(change, row[j]+1, row[j-1]+1)
		}
	}
	return min(row[len(b)], limit)
}

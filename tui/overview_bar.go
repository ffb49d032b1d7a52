package tui

import "fmt"

// scoreBar shows a score in w cells: what is there, what hardening adds, and the rest.
func scoreBar(before, after, of, w int) line {
	if of <= 0 || w <= 0 {
		return nil
	}
	cells := func(n int) int { return min(max((n*w+of/2)/of, 0), w) }
	there, then := cells(before), cells(max(after, before))
	return line{{accent, repeated("█", there)}, {good, repeated("▓", then-there)}, {muted, repeated("░", w-then)}}
}

// scoreText is a score before and after in nine cells.
func scoreText(before, after int, planned bool) line {
	l := as(normal, fmt.Sprintf("%3d", before))
	if !planned {
		return l.and(muted, "      ")
	}
	return l.and(muted, " → ").and(good, fmt.Sprintf("%-3d", after))
}

const scoreTextWidth = 9

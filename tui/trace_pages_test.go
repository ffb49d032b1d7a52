package tui

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPagesHoldTheNewestInTheirOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var p pages[int]
		next, first := 0, 0
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			for range rapid.IntRange(0, 2*pageSize).Draw(rt, "more") {
				p.add(next)
				next++
			}
			limit := rapid.IntRange(0, 3*pageSize).Draw(rt, "limit")
			before := p.len()
			first += p.forget(limit)
			if n := p.len(); n != next-first || n < min(before, limit) || n >= limit+pageSize && n > 0 {
				rt.Fatalf("%d are left of %d, with a limit of %d", n, before, limit)
			}
			for i := range p.len() {
				if *p.at(i) != first+i {
					rt.Fatalf("at %d is %d, not %d", i, *p.at(i), first+i)
				}
			}
		}
	})
}

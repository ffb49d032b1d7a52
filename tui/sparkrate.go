package tui

import (
	"slices"
	"time"
)

const (
	rateShown = 60  // seconds
	rateKept  = 128 // seconds: what is shown, and what a cell of several seconds needs more
)

// rate counts what came in each second of a trace, by the trace's own clock. The zero
// value has seen nothing.
type rate struct {
	counts [rateKept]int // by second, around and around
	at     int           // the second that it has come to
}

// add counts n things at a moment; 0 only moves the clock on.
func (r *rate) add(moment time.Duration, n int) {
	second := int(max(moment, 0) / time.Second)
	if second-r.at >= rateKept {
		r.counts, r.at = [rateKept]int{}, second
	}
	for r.at < second {
		r.at++
		r.counts[r.at%rateKept] = 0
	}
	if second > r.at-rateKept {
		r.counts[second%rateKept] += n
	}
}

// minute is the last minute in a number of cells, each with the most that came in one of
// its seconds. Cells begin at whole multiples, so that what was drawn stays as it is and
// only moves to the left.
func (r *rate) minute(cells int) []int {
	if cells <= 0 {
		return nil
	}
	out := make([]int, cells)
	group := rateShown / cells
	first := (r.at/group - cells + 1) * group
	for i := range out {
		for s := first + i*group; s < first+(i+1)*group; s++ {
			if s >= 0 && s <= r.at {
				out[i] = max(out[i], r.counts[s%rateKept])
			}
		}
	}
	return out
}

// most is the most that came in a second of the last minute.
func (r *rate) most() int { return slices.Max(r.minute(rateShown)) }

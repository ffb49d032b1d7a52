package report

import (
	"slices"
	"sort"
	"strings"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// block is a run of old lines that a run of new lines stands in place of. Lines
// count from 0, ends are excluded.
type block struct{ oldFrom, oldTo, newFrom, newTo int }

// splitLines keeps the line ends, so that lines joined are the text again.
func splitLines(text []byte) []string {
	if len(text) == 0 {
		return nil
	}
	lines := strings.SplitAfter(string(text), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// blocks finds what differs. The search for a common sequence gives up on long
// files with many changes, so that the files are first divided at lines that occur
// once in each, in the same order.
func blocks(old, new []string) []block {
	var out []block
	o, n := 0, 0
	for _, a := range append(anchors(old, new), [2]int{len(old), len(new)}) {
		for _, d := range lcs.DiffLines(old[o:a[0]], new[n:a[1]]) {
			b := block{o + d.Start, o + d.End, n + d.ReplStart, n + d.ReplEnd}
			if last := len(out) - 1; last >= 0 && out[last].oldTo == b.oldFrom && out[last].newTo == b.newFrom {
				out[last].oldTo, out[last].newTo = b.oldTo, b.newTo
				continue
			}
			out = append(out, b)
		}
		o, n = a[0], a[1]
	}
	return out
}

// anchors are pairs of equal lines, each the only one of its text in both files,
// in ascending order in both: the longest such sequence.
func anchors(old, new []string) [][2]int {
	type seen struct{ old, new, at int }
	count := map[string]*seen{}
	for _, line := range old {
		if count[line] == nil {
			count[line] = &seen{}
		}
		count[line].old++
	}
	for i, line := range new {
		if s := count[line]; s != nil {
			s.new++
			s.at = i
		}
	}
	var pairs [][2]int
	for i, line := range old {
		if s := count[line]; s.old == 1 && s.new == 1 {
			pairs = append(pairs, [2]int{i, s.at})
		}
	}
	return ascending(pairs)
}

// ascending is the longest subsequence whose second numbers ascend, too.
func ascending(pairs [][2]int) [][2]int {
	var piles []int // index of the last pair of each length's best sequence
	before := make([]int, len(pairs))
	for i, p := range pairs {
		at := sort.Search(len(piles), func(k int) bool { return pairs[piles[k]][1] >= p[1] })
		before[i] = -1
		if at > 0 {
			before[i] = piles[at-1]
		}
		if at == len(piles) {
			piles = append(piles, i)
		} else {
			piles[at] = i
		}
	}
	if len(piles) == 0 {
		return nil
	}
	var out [][2]int
	for i := piles[len(piles)-1]; i >= 0; i = before[i] {
		out = append(out, pairs[i])
	}
	slices.Reverse(out)
	return out
}

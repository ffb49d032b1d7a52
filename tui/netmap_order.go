package tui

import (
	"cmp"
	"slices"
)

// mapOrder puts services in the order in which requests go through them: those that the
// outside reaches first, stores last, and those that talk near each other.
func mapOrder(p netPlan, talks []talk) []string {
	published := map[string]bool{}
	var names []string
	for _, s := range p.services {
		names = append(names, s.Name)
		published[s.Name] = len(s.Published) > 0
	}
	slices.SortStableFunc(names, func(a, b string) int {
		if published[a] != published[b] {
			if published[a] {
				return -1
			}
			return 1
		}
		return cmp.Compare(a, b)
	})
	depth := depths(names, talks)
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(depth[a], depth[b]) })
	return nearer(names, depth, p.frames, talks)
}

// depths are how many others a request goes through at most before it comes to a
// service. Of talks in a circle one is left out.
func depths(names []string, talks []talk) map[string]int {
	next := map[string][]string{}
	for _, t := range talks {
		next[t.from] = append(next[t.from], t.to)
	}
	var done []string // those that nothing later leads to come last
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, to := range next[name] {
			visit(to)
		}
		done = append(done, name)
	}
	for _, name := range names {
		visit(name)
	}
	slices.Reverse(done)
	place := map[string]int{}
	for i, name := range done {
		place[name] = i
	}
	out := map[string]int{}
	for _, name := range done {
		for _, to := range next[name] {
			if place[to] > place[name] {
				out[to] = max(out[to], out[name]+1)
			}
		}
	}
	return out
}

// nearer swaps neighbours of the same depth as long as that makes arrows and frames
// shorter.
func nearer(names []string, depth map[string]int, frames []netFrame, talks []talk) []string {
	cost := lengthOf(names, frames, talks)
	for range len(names) {
		better := false
		for i := range len(names) - 1 {
			if depth[names[i]] != depth[names[i+1]] {
				continue
			}
			names[i], names[i+1] = names[i+1], names[i]
			if c := lengthOf(names, frames, talks); c < cost {
				cost, better = c, true
			} else {
				names[i], names[i+1] = names[i+1], names[i]
			}
		}
		if !better {
			break
		}
	}
	return names
}

// lengthOf is how long all arrows and frames are together, in columns.
func lengthOf(names []string, frames []netFrame, talks []talk) int {
	place := map[string]int{}
	for i, name := range names {
		place[name] = i
	}
	sum := 0
	for _, t := range talks {
		a, ok := place[t.from]
		b, there := place[t.to]
		if ok && there {
			sum += max(a-b, b-a)
		}
	}
	for _, f := range frames {
		first, last := len(names), 0
		for _, member := range f.members {
			first, last = min(first, place[member]), max(last, place[member])
		}
		sum += max(last-first, 0)
	}
	return sum
}

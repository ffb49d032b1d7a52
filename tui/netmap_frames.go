package tui

import (
	"slices"
	"strings"

	"batten/internal/engine"
)

// netFrame is a network as it is drawn: a frame around those who are on it, with what
// they say to each other inside.
type netFrame struct {
	name, word string
	closed     bool // no way outside
	apart      bool // its members cannot reach each other
	members    []string
	talks      []talk
}

// netPlan is all that a map shows.
type netPlan struct {
	services []engine.LayoutService // by name
	frames   []netFrame
	out      []talk // to the outside or the machine
	rest     []talk // between services that share no network
	reach    int    // pairs that share a network, -1 when there are too many to count
	talking  int    // pairs that talk
}

// maxPairs bounds the pairs that are counted one by one.
const maxPairs = 50_000

// planOf shares talks out to the networks that they go over: the narrowest that both
// ends are on.
func planOf(l *engine.Layout, talks []talk) netPlan {
	p := netPlan{services: l.Services, frames: framesOf(l)}
	on := map[string][]int{}
	for i, f := range p.frames {
		for _, member := range f.members {
			on[member] = append(on[member], i)
		}
	}
	for _, t := range talks {
		if t.to == internetEnd || t.to == hostEnd {
			p.out = append(p.out, t)
			continue
		}
		best := -1
		for _, i := range on[t.from] {
			if slices.Contains(on[t.to], i) && (best < 0 || len(p.frames[i].members) < len(p.frames[best].members)) {
				best = i
			}
		}
		if best < 0 {
			p.rest = append(p.rest, t)
			continue
		}
		p.frames[best].talks = append(p.frames[best].talks, t)
	}
	p.count(talks)
	return p
}

// framesOf are the networks, and what services without one of their own are on instead.
func framesOf(l *engine.Layout) []netFrame {
	var out []netFrame
	index := map[string]int{}
	for _, n := range l.Networks {
		index[n.Name] = len(out)
		out = append(out, netFrame{name: n.Name, word: networkWord(n), closed: n.Internal, apart: n.Apart, members: slices.Clone(n.Members)})
	}
	for _, s := range l.Services {
		if s.Mode == "" {
			continue
		}
		if other, ok := strings.CutPrefix(s.Mode, "service:"); ok {
			if o := layoutService(l, other); o != nil && o.Mode == "" {
				for _, n := range o.Networks {
					f := &out[index[n]]
					f.members = append(f.members, s.Name)
				}
				continue
			}
		}
		name := "mode " + s.Mode
		i, ok := index[name]
		if !ok {
			i = len(out)
			index[name] = i
			out = append(out, netFrame{name: name, word: modeWord(s.Mode), closed: s.Mode == "none", apart: s.Mode == "none"})
		}
		out[i].members = append(out[i].members, s.Name)
	}
	for i := range out {
		slices.Sort(out[i].members)
	}
	return out
}

func modeWord(mode string) string {
	switch mode {
	case "host":
		return "the machine's own"
	case "none":
		return "no network"
	}
	return "that of another"
}

// networkWord says of a network what its frame shows.
func networkWord(n engine.LayoutNetwork) string {
	words := []string{"leads out"}
	if n.Internal {
		words[0] = "internal"
	}
	if n.External {
		words = append(words, "made elsewhere")
	}
	if n.Apart {
		words = append(words, "members apart")
	}
	return strings.Join(words, ", ")
}

// count counts pairs of services that share a network, and those that talk.
func (p *netPlan) count(talks []talk) {
	type pair struct{ a, b string }
	ordered := func(a, b string) pair { return pair{min(a, b), max(a, b)} }
	together, speak := map[pair]bool{}, map[pair]bool{}
	for _, t := range talks {
		if t.to != internetEnd && t.to != hostEnd {
			speak[ordered(t.from, t.to)] = true
		}
	}
	p.talking = len(speak)
	pairs := 0
	for _, f := range p.frames {
		if pairs += len(f.members) * len(f.members) / 2; pairs > maxPairs {
			p.reach = -1
			return
		}
		if f.apart {
			continue
		}
		for i, a := range f.members {
			for _, b := range f.members[i+1:] {
				together[ordered(a, b)] = true
			}
		}
	}
	p.reach = len(together)
}

package tui

import (
	"fmt"
	"slices"

	"batten/internal/engine"
)

// mapColumn is a service of the map: a box, and a line down from it through the
// networks that it is on.
type mapColumn struct {
	name   string
	shown  string // clean, cut
	x      int    // of the line
	ports  []span // above the box
	in     bool   // one of them leads in
	chosen bool
}

// way is the sign between what stands above the box and the box.
func (c *mapColumn) way() string {
	if c.in {
		return "↓"
	}
	return "│"
}

// mostLabels is how many labels stand above a box.
const mostLabels = 3

func (c *mapColumn) boxWidth() int { return width(c.shown) + 4 }

// half is how many cells it takes to each side of its line, at least.
func (c *mapColumn) half() int {
	n := c.boxWidth()
	for _, p := range c.ports {
		n = max(n, width(p.text))
	}
	return n/2 + 1
}

// mapColumns are the services in their order, without places.
func mapColumns(p netPlan, order []string, longest int, service string) []mapColumn {
	out := make([]mapColumn, 0, len(order))
	for _, name := range order {
		i := slices.IndexFunc(p.services, func(s engine.LayoutService) bool { return s.Name == name })
		if i < 0 {
			continue
		}
		shown := clean(name)
		if width(shown) > longest {
			shown = cut(shown, longest-1) + "…"
		}
		out = append(out, mapColumn{name: name, shown: shown, ports: portLabels(p, i), in: len(p.services[i].Published) > 0, chosen: name == service})
	}
	return out
}

// portLabels are what leads into a service from outside and out of it.
func portLabels(p netPlan, i int) []span {
	s := p.services[i]
	var out []span
	for _, one := range publicationsOf(s.Published) {
		l := span{normal, "local " + one.short()}
		switch {
		case s.Unpublished:
			l = span{muted, "✗ " + one.short()}
		case one.open():
			l = span{warning, "▲ " + one.short()}
		case !one.local():
			l = span{normal, one.host + ":" + one.short()}
		}
		out = append(out, span{l.role, clean(l.text)})
	}
	for _, t := range p.out {
		if t.from != s.Name {
			continue
		}
		text := "↑"
		if t.to == hostEnd {
			text = "↑ host"
		}
		if l := t.label(); l != "" {
			text += " " + l
		}
		out = append(out, span{accent, clean(text)})
	}
	if len(out) > mostLabels {
		out = append(out[:mostLabels-1:mostLabels-1], span{muted, fmt.Sprintf("+%d more", len(out)-mostLabels+1)})
	}
	return out
}

const (
	mapMargin  = 4 // on both sides of the outermost lines, for frames
	leastGap   = 9 // between lines
	spreadMost = 10
	// longestCaption is how long a network's name may be to move services apart.
	longestCaption = 16
)

// placed gives the columns their places in w cells, false when they do not fit.
func placed(columns []mapColumn, p netPlan, w int) bool {
	if len(columns) == 0 {
		return false
	}
	gaps := gapsOf(columns, p)
	first, last := &columns[0], &columns[len(columns)-1]
	need := max(first.half(), mapMargin) + max(last.half(), mapMargin)
	for _, g := range gaps {
		need += g
	}
	if need > w {
		return false
	}
	more := 0
	if len(gaps) > 0 {
		more = min((w-need)/(len(gaps)+1), spreadMost)
	}
	left := (w - need - more*len(gaps)) / 2
	first.x = left + max(first.half(), mapMargin)
	for i, g := range gaps {
		columns[i+1].x = columns[i].x + g + more
	}
	return true
}

// gapsOf are the least distances of neighbours: room for their boxes and for what is
// written at the arrows.
func gapsOf(columns []mapColumn, p netPlan) []int {
	at := map[string]int{}
	for i, c := range columns {
		at[c.name] = i
	}
	gaps := make([]int, max(len(columns)-1, 0))
	for i := range gaps {
		gaps[i] = max(columns[i].half()+columns[i+1].half(), leastGap)
	}
	for _, f := range p.frames {
		for _, t := range f.talks {
			a, b := at[t.from], at[t.to]
			if a > b {
				a--
			}
			if a >= 0 && a < len(gaps) {
				gaps[a] = max(gaps[a], width(clean(t.label()))+6)
			}
		}
		if len(f.members) == 2 { // its name stands between them
			if a, b := at[f.members[0]], at[f.members[1]]; max(a-b, b-a) == 1 {
				caption := max(width(clean(f.name)), width(clean(f.word)))
				gaps[min(a, b)] = max(gaps[min(a, b)], min(caption, longestCaption)+4)
			}
		}
	}
	return gaps
}

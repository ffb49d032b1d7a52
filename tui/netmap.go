package tui

import (
	"fmt"
	"slices"

	"batten/internal/engine"
)

// networkPane is the map of networks and of who talks to whom.
type networkPane struct {
	prose
	state *overviewState
	after bool // what is shown where both do not fit
	both  bool // both were visible at the last drawing
	made  networkKey

	version int // of what follows, which does not depend on the width
	plans   [2]netPlan
	known   [2]bool
	order   []string
}

// networkKey is what the text was made for.
type networkKey struct {
	version, w int
	service    string
	after      bool
}

func (p *networkPane) title(m *model) string {
	switch {
	case p.both:
		return "networks before and after"
	case p.after && p.known[1]:
		return "networks after hardening"
	case p.known[1]:
		return "networks before hardening"
	}
	return "networks"
}

func (p *networkPane) lines(m *model, w, h int, _ bool) []line {
	m.overview().services.bring(m)
	p.refresh()
	key := networkKey{p.state.version, w, p.state.service, p.after}
	if p.order == nil {
		key.service = "" // a list looks the same for all
	}
	if p.made != key {
		p.made = key
		p.set(p.whole(w))
	}
	return p.draw(w, h)
}

// refresh shares out what is known anew.
func (p *networkPane) refresh() {
	if p.version == p.state.version {
		return
	}
	p.version, p.order, p.known = p.state.version, nil, [2]bool{}
	talks := talksOf(p.state.edges)
	for i, l := range []*engine.Layout{p.state.before, p.state.after} {
		if l != nil {
			p.plans[i], p.known[i] = planOf(l, talks), true
		}
	}
	if last := p.last(); last >= 0 && len(p.plans[last].services) <= mostDrawn {
		p.order = mapOrder(p.plans[last], talks)
	}
}

// last is the plan that gives the order: the one after hardening, where fewest services
// are published.
func (p *networkPane) last() int {
	for i := 1; i >= 0; i-- {
		if p.known[i] {
			return i
		}
	}
	return -1
}

// bothWidth is from where both maps are shown beside each other, if they fit.
const bothWidth = 100

func (p *networkPane) whole(w int) []line {
	p.both = false
	if !p.known[0] || len(p.plans[0].services) == 0 {
		return wrap(muted, "no services, no networks", w)
	}
	if p.known[1] && w >= bothWidth {
		half := (w - 3) / 2
		before, ok := drawMap(p.plans[0], p.order, half, p.state.service)
		after, fits := drawMap(p.plans[1], p.order, half, p.state.service)
		if ok && fits {
			p.both = true
			return append(besideMaps(p.plans[0], p.plans[1], before, after, half), append([]line{nil}, p.legend(w, p.plans[0], p.plans[1])...)...)
		}
	}
	which := 0
	if p.after && p.known[1] {
		which = 1
	}
	plan := p.plans[which]
	out := reachLines(plan, w)
	drawn, ok := drawMap(plan, p.order, w, p.state.service)
	if !ok {
		drawn = listMap(plan, w)
	}
	out = append(append(out, drawn...), restLines(plan, w)...)
	return append(append(out, nil), p.legend(w, plan)...)
}

func besideMaps(a, b netPlan, before, after []line, half int) []line {
	left := append(append(titled("before", reachLines(a, half)), before...), restLines(a, half)...)
	end := append(append(titled("after", reachLines(b, half)), after...), restLines(b, half)...)
	out := make([]line, max(len(left), len(end)))
	for i := range out {
		var l, r line
		if i < len(left) {
			l = left[i]
		}
		if i < len(end) {
			r = end[i]
		}
		out[i] = joined(l.fit(half, "…"), as(muted, " ┊ "), r)
	}
	return out
}

func titled(title string, lines []line) []line { return append([]line{as(heading, title)}, lines...) }

// reachLines say in numbers what the map shows.
func reachLines(p netPlan, w int) []line {
	if p.reach < 0 {
		return wrap(muted, counted(p.talking, "pair of services talks", "pairs of services talk"), w)
	}
	text := fmt.Sprintf("%s can reach each other, %d talk", counted(p.reach, "pair of services", "pairs of services"), p.talking)
	return wrap(muted, text, w)
}

// restLines are those that talk and cannot reach each other over a network.
func restLines(p netPlan, w int) []line {
	var out []line
	for _, t := range p.rest {
		text := "✗ " + t.from + " " + arrowOf(t.observed) + " " + t.to
		if l := t.label(); l != "" {
			text += " " + l
		}
		out = append(out, wrap(warning, text+": they share no network", w)...)
	}
	return out
}

// legend explains the signs that are used.
func (p *networkPane) legend(w int, plans ...netPlan) []line {
	var seen, told, open, closed bool
	for _, plan := range plans {
		for _, f := range plan.frames {
			closed = closed || f.closed
			for _, t := range f.talks {
				seen, told = seen || t.observed, told || !t.observed
			}
		}
		for _, s := range plan.services {
			open = open || slices.ContainsFunc(publicationsOf(s.Published), publication.open)
		}
	}
	var parts []line
	add := func(is bool, r role, sign, text string) {
		if is {
			parts = append(parts, as(r, sign).and(muted, " "+text))
		}
	}
	add(seen, normal, "●─→", "seen in a recording")
	add(told, muted, "●··→", "declared in files")
	add(open, warning, "▲", "open to all interfaces")
	add(closed, good, "═", "internal network")
	return flowed(nil, parts, 0, w)
}

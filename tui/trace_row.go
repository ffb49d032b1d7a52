package tui

import "batten/internal/engine"

// The columns of the stream, by the room there is.
const (
	roomForMoment  = 44
	roomForPhases  = 66
	momentWidth    = 7
	streamPhase    = 9
	kindWidth      = 13 // sign and word
	leastForRemark = 12
)

func (p *traceStream) headOf(w int) line {
	var l line
	if w >= roomForMoment {
		l = joined(right(muted, "time", momentWidth), said("  "))
	}
	l = joined(l, column(muted, "service", p.service), said(" "))
	if w >= roomForPhases {
		l = joined(l, column(muted, "phase", streamPhase))
	}
	return joined(l, column(muted, "what", kindWidth)).and(muted, "name")
}

func (p *traceStream) rowOf(i, w int) line {
	f := p.m.trace.seen.at(i)
	look := lookOf(f.Kind)
	var l line
	if w >= roomForMoment {
		l = joined(right(muted, clock(f.moment()), momentWidth), said("  "))
	}
	l = joined(l, column(strong, f.service, p.service), said(" "))
	if w >= roomForPhases {
		l = joined(l, column(muted, string(f.Phase), streamPhase))
	}
	l = joined(l, column(look.role, look.sign+" "+look.word, kindWidth))
	return joined(l, f.named(w-width(l.text())))
}

// named is the name, and what there is to say beside it.
func (f *fresh) named(w int) line {
	name, remark := clean(f.Name), clean(f.remark())
	if remark == "" || w < 2*leastForRemark {
		return said(f.shortened(name, w))
	}
	need := min(width(remark)+2, max(w/3, leastForRemark))
	return said(f.shortened(name, w-need)).and(muted, "  "+remark)
}

// shortened is a clean name in at most w cells. Of a path the end says more than the
// beginning, which it shares with its neighbours.
func (f *fresh) shortened(name string, w int) string {
	n := width(name)
	switch {
	case n <= w:
		return name
	case f.Kind != engine.KindFile && f.Kind != engine.KindProgram:
		return cut(name, w-1) + "…"
	}
	for i, r := range name {
		if n < w {
			return "…" + name[i:]
		}
		n -= width(string(r))
	}
	return "…"
}

package tui

import (
	"cmp"
	"fmt"

	"batten/internal/engine"
)

// countColumn is one number of a service.
type countColumn struct {
	head, short string // the second where there is little room
	of          func(s *engine.ServiceProgress) int
	role        role // when it is not zero
}

var countColumns = []countColumn{
	{"calls", "calls", func(s *engine.ServiceProgress) int { return s.Calls }, normal},
	{"capabilities", "caps", func(s *engine.ServiceProgress) int { return s.Capabilities }, warning},
	{"files", "files", func(s *engine.ServiceProgress) int { return s.Files }, normal},
	{"sockets", "sockets", func(s *engine.ServiceProgress) int { return s.Sockets }, normal},
	{"refused", "refused", func(s *engine.ServiceProgress) int { return s.Denied }, bad},
}

// fitting are the columns for which there is room.
func fitting(w int) []countColumn {
	used := markWidth + nameWidth
	if w >= roomForPhase {
		used += phaseWidth
	}
	for i, c := range countColumns {
		if used += c.width(w); used > w {
			return countColumns[:i]
		}
	}
	return countColumns
}

// The widths of a service's row.
const (
	markWidth      = 6 // "[x] ▲ "
	nameWidth      = 14
	phaseWidth     = 10
	roomForPhase   = 50
	roomForNumbers = 70 // with their names in full
)

func (p *traceServices) headOf(w int) line {
	l := joined(column(muted, "trace", markWidth), column(muted, "service", nameWidth))
	if !p.m.trace.begun {
		return l.and(muted, "recorded so far")
	}
	if w >= roomForPhase {
		l = joined(l, column(muted, "phase", phaseWidth))
	}
	for _, c := range fitting(w) {
		l = append(l, right(muted, c.name(w), c.width(w))...)
	}
	return l
}

func (c countColumn) name(w int) string {
	if w < roomForNumbers {
		return c.short
	}
	return c.head
}

func (c countColumn) width(w int) int { return max(len(c.name(w)), 5) + 1 }

func (p *traceServices) rowOf(i, w int) line {
	r := p.rows[i]
	mark := as(muted, "[ ] ")
	switch {
	case r.known == nil:
		mark = said("    ")
	case !p.of.left[r.name]:
		mark = as(accent, "[x] ")
	}
	sign := said("  ")
	if s := r.stand; s != nil && lossy(s) {
		sign = as(lossRole(s.Lost), "▲ ")
	}
	l := joined(mark, sign, column(strong, r.name, nameWidth-1), said(" "))
	switch {
	case r.stand == nil && p.m.trace.begun:
		return l.and(muted, "not in this trace")
	case r.stand == nil:
		return l.and(muted, recordedWords(r.known))
	}
	if w >= roomForPhase {
		l = joined(l, column(normal, cmp.Or(string(r.stand.Phase), "–"), phaseWidth))
	}
	for _, c := range fitting(w) {
		n, look := c.of(r.stand), muted
		if n > 0 {
			look = c.role
		}
		l = append(l, right(look, fmt.Sprint(n), c.width(w))...)
	}
	return l
}

// recordedWords say what is on disk of a service.
func recordedWords(s *engine.InspectedService) string {
	if s.Runs == 0 {
		return "nothing: s records it"
	}
	return counted(s.Runs, "run", "runs")
}

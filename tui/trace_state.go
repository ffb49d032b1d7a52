package tui

import (
	"fmt"
	"time"
)

// traceState are the lines over the stream: how the trace stands, and how much came in
// the last minute. There are fewer where there is little room.
func (m *model) traceState(w, h int) []line {
	switch {
	case h < 5:
		return nil
	case h < 8:
		return []line{m.traceNow()}
	}
	return []line{m.traceNow(), m.traceRate(w)}
}

func (m *model) traceNow() line {
	t := m.trace
	l := as(strong, traceWord(t)).and(normal, " "+clock(t.progress.Elapsed))
	switch {
	case t.running && t.progress.Quiet >= time.Second:
		l = l.and(muted, "  nothing new for ").and(normal, seconds(t.progress.Quiet))
	case t.running:
		l = l.and(muted, "  new things just now")
	}
	return joined(l.and(normal, "  "), m.lossWords())
}

// traceWord is what is being done, or was.
func traceWord(t *traceLog) string {
	switch {
	case t.running && t.replay:
		return "replaying"
	case t.running:
		return "tracing"
	case t.replay:
		return "replayed"
	}
	return "traced"
}

// traceRate is the sparkline, what its height is, and what is waited for.
func (m *model) traceRate(w int) line {
	t := m.trace
	l := sparkline(t.rate.minute(sparkCells(min(w-20, 60))), m.theme.ascii)
	l = l.and(muted, fmt.Sprintf("  last minute, up to %d new/s", t.rate.most()))
	if t.waiting != "" {
		l = l.and(muted, ", until ").and(normal, t.waiting)
	}
	return l
}

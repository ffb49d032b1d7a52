package tui

import (
	"strings"

	"batten/internal/engine"
)

// lossy tells whether something of a service was not seen as it was.
func lossy(s *engine.ServiceProgress) bool { return s.Lost || len(s.Losses) > 0 }

// lossWord says how bad it is: a rule may be missing, or an explanation.
func lossWord(lost bool) string {
	if lost {
		return "incomplete"
	}
	return "seen with gaps"
}

func lossRole(lost bool) role {
	if lost {
		return danger
	}
	return warning
}

// worst tells whether one of them lost what a rule would need.
func worst(services []*engine.ServiceProgress) bool {
	for _, s := range services {
		if s.Lost {
			return true
		}
	}
	return false
}

// lossMark says in a title that something was lost, where the pane stands alone: else the
// services or the line over the stream say it.
func lossMark(m *model) string {
	lost := m.trace.lossy()
	if len(lost) == 0 || !m.zoomed && m.h-top-bottom >= traceStacked {
		return ""
	}
	return "  ▲ " + lossWord(worst(lost))
}

// lossLines is how many lines of a screen warnings may take.
func lossLines(h int) int { return max(min(h/12, 4), 1) }

// losses are warnings of what was lost, at most n lines.
func (p *traceServices) losses(m *model, n int) []line {
	lost := m.trace.lossy()
	if n <= 0 || len(lost) == 0 {
		return nil
	}
	if len(lost) > n {
		return []line{lostTogether(lost).and(muted, "; enter on one says more")}
	}
	out := make([]line, len(lost))
	for i, s := range lost {
		text := strings.Join(s.Losses, "; ")
		if text == "" {
			text = "something was lost that a rule would need"
		}
		out[i] = as(lossRole(s.Lost), "▲ "+s.Service+", "+lossWord(s.Lost)+": ").and(warning, text)
	}
	return out
}

// lostTogether names all services that lost something.
func lostTogether(lost []*engine.ServiceProgress) line {
	names := make([]string, len(lost))
	for i, s := range lost {
		names[i] = s.Service
	}
	return as(lossRole(worst(lost)), "▲ "+lossWord(worst(lost))+": ").and(warning, strings.Join(names, ", "))
}

// lossWords are the same for the line of the stream.
func (m *model) lossWords() line {
	var l line
	if lost := m.trace.lossy(); len(lost) > 0 {
		l = lostTogether(lost).and(normal, "  ")
	}
	if n := m.trace.missed; n > 0 {
		l = l.and(warning, counted(n, "thing", "things")+" recorded, but not shown")
	}
	if l == nil {
		return as(muted, "nothing lost")
	}
	return l
}

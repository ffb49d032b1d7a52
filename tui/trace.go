package tui

// traceScreen shows a trace while it runs: how each service stands, everything as it is
// first seen, what made it, and what the programs say that are run for it.
type traceScreen struct {
	left    map[string]bool // services that the next trace leaves out
	restart bool            // what runs already

	services *traceServices
	stream   *traceStream
	detail   *traceDetail
	output   *traceOutput
}

func newTrace(m *model) screen {
	s := &traceScreen{left: map[string]bool{}}
	s.services, s.stream = newTraceServices(m, s), newTraceStream(m)
	s.detail, s.output = &traceDetail{stream: s.stream}, newTraceOutput(m)
	return s
}

func (s *traceScreen) name() string { return "Trace" }

// The panes, in the order of focus.
const (
	traceAtServices = iota
	traceAtStream
	traceAtDetail
	traceAtOutput
)

func (s *traceScreen) panes() []pane { return []pane{s.services, s.stream, s.detail, s.output} }

const (
	traceStacked  = 14  // rows from which two panes stand one above the other
	traceTwo      = 100 // cells from which the details stand beside the stream
	traceFour     = 120 // and the output beside the services
	traceFourHigh = 30 - top - bottom
)

// layout: the services as a strip above the stream, so that its rows have the whole
// width. With little room the focus decides what is visible, and the stream stays as
// long as it can.
func (s *traceScreen) layout(m *model, w, h, focus int) []rect {
	out := make([]rect, 4)
	if h < traceStacked {
		out[focus] = rect{0, 0, w, h}
		return out
	}
	strip := s.services.height(m, h)
	below, beside := h-strip, w*5/8
	switch {
	case w >= traceFour && h >= traceFourHigh:
		out[traceAtServices], out[traceAtOutput] = rect{0, 0, beside, strip}, rect{beside, 0, w - beside, strip}
		out[traceAtStream], out[traceAtDetail] = rect{0, strip, beside, below}, rect{beside, strip, w - beside, below}
	case w >= traceTwo:
		out[traceAtServices], out[traceAtStream] = rect{0, 0, w, strip}, rect{0, strip, beside, below}
		out[max(focus, traceAtDetail)] = rect{beside, strip, w - beside, below}
	case focus <= traceAtStream:
		out[traceAtServices], out[traceAtStream] = rect{0, 0, w, strip}, rect{0, strip, w, below}
	default:
		out[traceAtStream], out[focus] = rect{0, 0, w, h / 2}, rect{0, h / 2, w, h - h/2}
	}
	return out
}

func traceScreenOf(m *model) *traceScreen {
	for _, one := range m.screens {
		if s, ok := one.(*traceScreen); ok {
			return s
		}
	}
	return nil
}

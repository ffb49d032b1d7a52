package tui

import "fmt"

// traceStream is the pane with everything that was seen, in the order of its first time.
type traceStream struct {
	tail
	m       *model
	made    int // version of the log that it was made from
	service int // width of the longest name of a service, within reason
	above   int // lines over the list
}

func newTraceStream(m *model) *traceStream {
	p := &traceStream{m: m, made: -1}
	p.words = func(i int) string { return m.trace.seen.at(i).words }
	p.row, p.head = p.rowOf, p.headOf
	p.tail.update = p.sync
	return p
}

// sync takes what came since the last time. What was there is not looked at again.
func (p *traceStream) sync() {
	t := p.m.trace
	if p.made == t.version {
		return
	}
	p.made = t.version
	p.service = len("service")
	for i := range t.progress.Services {
		p.service = max(p.service, width(clean(t.progress.Services[i].Service)))
	}
	p.service = min(p.service, serviceWidth)
	p.grow(t.forgotten, t.visible())
}

func (p *traceStream) title(m *model) string {
	p.sync()
	switch {
	case !m.trace.paused && !m.trace.running:
		return "Stream" + lossMark(m)
	case m.trace.paused:
		return fmt.Sprintf("Stream, paused: %d more came%s", m.trace.came(), lossMark(m))
	case p.away:
		return "Stream, at the cursor" + lossMark(m)
	}
	return "Stream, following" + lossMark(m)
}

func (p *traceStream) lines(m *model, w, h int, focused bool) []line {
	p.sync()
	if !m.trace.begun {
		p.above = 0
		return traceSteps(m, w)
	}
	p.empty = "nothing was seen"
	if m.trace.running {
		p.empty = "nothing was seen yet"
	}
	out := m.traceState(w, h)
	p.above = len(out)
	p.head = p.headOf
	if h-p.above < 6 {
		p.head = nil
	}
	return append(out, p.draw(w, h-p.above, focused)...)
}

// traceSteps say how to begin.
func traceSteps(m *model, w int) []line {
	steps := []struct{ key, text string }{
		{"s", "starts the chosen services under trace and records every call, capability, file and socket, from their first instruction on."},
		{"w", "sets a workload that drives them meanwhile; or use them yourself: what is not used is not seen."},
		{"s", "once more stops, and keeps what was seen: the plan then follows it."},
	}
	if m.options.Demo {
		steps[0].text = "replays the recordings of this project as if they were made now, or traces the bundled guestbook live."
	}
	var out []line
	if why := cannotTrace(m); why != "" {
		out = append(wrap(warning, "tracing is not possible here: "+why, w), nil)
	}
	for _, s := range steps {
		out = append(out, indented(as(accent, " "+s.key), normal, s.text, 4, w)...)
	}
	return out
}

func (p *traceStream) click(x, y int) { p.tail.click(x, y-p.above) }

// at is the sighting with the cursor, nil without one. It holds until the next sync.
func (p *traceStream) at() *fresh {
	p.sync()
	if i := p.current(); i >= 0 {
		return &p.m.trace.seen.at(i).fresh
	}
	return nil
}

func (p *traceStream) open(m *model) work {
	f := p.at()
	if f == nil {
		return nil
	}
	one := *f
	m.open(read(lookOf(one.Kind).word+" "+one.Name, func(w int) []line { return one.details(w) }))
	return nil
}

func (p *traceStream) explained(m *model) work { return m.explain(p.question()...) }

func (p *traceStream) explains(m *model) string { return p.command(m) }

func (p *traceStream) command(m *model) string {
	if q := p.question(); q != nil {
		return m.explainCommand(q...)
	}
	return traceScreenOf(m).command(m)
}

func (p *traceStream) question() []string {
	if f := p.at(); f != nil && f.question() != "" {
		return []string{f.question()}
	}
	return nil
}

package tui

// traceOutput is the pane with what compose, the workload and batten itself say.
type traceOutput struct {
	tail
	m    *model
	made int
}

func newTraceOutput(m *model) *traceOutput {
	p := &traceOutput{m: m, made: -1}
	p.words = func(i int) string { return m.trace.told[i].from + " " + clean(m.trace.told[i].text) }
	p.row = p.rowOf
	p.tail.update = p.sync
	p.empty = "what compose and the workload print while they are traced stands here"
	return p
}

func (p *traceOutput) sync() {
	if t := p.m.trace; p.made != t.version {
		p.made = t.version
		p.grow(t.lines-len(t.told), len(t.told))
	}
}

func (p *traceOutput) title(m *model) string {
	p.sync()
	return "Output" + lossMark(m)
}

func (p *traceOutput) lines(_ *model, w, h int, focused bool) []line {
	p.sync()
	return p.draw(w, h, focused)
}

func (p *traceOutput) rowOf(i, _ int) line {
	t := p.m.trace.told[i]
	if t.warning {
		return as(muted, t.from+"  ").and(warning, "▲ "+t.text)
	}
	return as(muted, t.from+"  ").and(normal, t.text)
}

// open shows a line that is too long for the pane.
func (p *traceOutput) open(m *model) work {
	p.sync()
	if i := p.current(); i >= 0 && i < len(m.trace.told) {
		t := m.trace.told[i]
		m.open(read(t.from, func(w int) []line { return wrap(normal, t.text, w) }))
	}
	return nil
}

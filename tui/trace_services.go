package tui

import (
	"fmt"

	"batten/internal/engine"
)

// traceServices is the pane with how each service stands, and with what the next trace
// is to do.
type traceServices struct {
	list
	m     *model
	of    *traceScreen
	rows  []tracedRow
	made  [2]int // versions that the rows were made from
	above int    // lines over the list
}

// tracedRow is a service of the project, of a trace, or of both.
type tracedRow struct {
	name  string
	known *engine.InspectedService // nil when it is not of the project
	stand *engine.ServiceProgress  // nil when it is not in the trace
}

func newTraceServices(m *model, of *traceScreen) *traceServices {
	p := &traceServices{m: m, of: of, made: [2]int{-1, -1}}
	p.key = func(i int) string { return p.rows[i].name }
	p.words, p.row, p.head = p.key, p.rowOf, p.headOf
	return p
}

// sync makes the rows anew when something changed.
func (p *traceServices) sync() {
	if made := [2]int{p.m.version, p.m.trace.version}; made != p.made {
		p.made = made
		p.rows = p.m.tracedRows()
		p.list.set(len(p.rows))
	}
}

// tracedRows are the services of the project, then those that only the trace knows.
func (m *model) tracedRows() []tracedRow {
	stands := map[string]*engine.ServiceProgress{}
	for i := range m.trace.progress.Services {
		s := &m.trace.progress.Services[i]
		stands[s.Service] = s
	}
	var out []tracedRow
	if m.inspection != nil {
		for i := range m.inspection.Services {
			s := &m.inspection.Services[i]
			if stand := stands[s.Name]; stand != nil || !s.Disabled {
				out = append(out, tracedRow{s.Name, s, stand})
			}
			delete(stands, s.Name)
		}
	}
	for i := range m.trace.progress.Services {
		if s := &m.trace.progress.Services[i]; stands[s.Service] == s {
			out = append(out, tracedRow{s.Service, nil, s})
		}
	}
	return out
}

func (p *traceServices) title(m *model) string {
	p.sync()
	return "Services" + lossMark(m)
}

// height is how much of a screen it takes as a strip: all rows, as long as the stream
// keeps most of the room.
func (p *traceServices) height(m *model, h int) int {
	p.sync()
	const around = 2 + 1 + 1 // box, head, settings
	return min(max(p.count(), 1)+around+len(p.losses(m, lossLines(h))), max(h*9/20, around+2))
}

func (p *traceServices) lines(m *model, w, h int, focused bool) []line {
	p.sync()
	p.empty = p.nothing(m)
	out := p.losses(m, min(lossLines(m.h-top-bottom), h/3))
	p.above = len(out)
	end := 0
	if h-p.above >= 4 {
		end = 1
	}
	rows := p.draw(w, h-p.above-end, focused)
	if end == 0 {
		return append(out, rows...)
	}
	out = append(out, fitted(rows, w, h-p.above-1)...)
	return append(out, p.settings(m))
}

func (p *traceServices) nothing(m *model) string {
	switch {
	case m.inspection != nil:
		return "the project has no services"
	case m.failed != nil:
		return "the project could not be read: R tries it again"
	}
	return "looking at the project"
}

// settings are how the next trace is made.
func (p *traceServices) settings(m *model) line {
	l := as(muted, "  restart ").and(normal, onOff(p.of.restart)).and(muted, "   workload ")
	if m.options.Workload == "" {
		return l.and(muted, "none: w sets one")
	}
	return l.and(normal, m.options.Workload)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (p *traceServices) click(x, y int) { p.list.click(x, y-p.above) }

// current is the service with the cursor.
func (p *traceServices) currentRow() (tracedRow, bool) {
	p.sync()
	if i := p.current(); i >= 0 && i < len(p.rows) {
		return p.rows[i], true
	}
	return tracedRow{}, false
}

func (p *traceServices) command(m *model) string { return p.of.command(m) }

// open shows how a service stands in words.
func (p *traceServices) open(*model) work {
	r, ok := p.currentRow()
	if ok {
		p.m.open(read("service "+r.name, func(w int) []line { return r.details(w) }))
	}
	return nil
}

func (r tracedRow) details(w int) []line {
	var out []line
	if r.known != nil {
		out = append(out, labelled("recorded", normal, recordedWords(r.known), w)...)
	}
	s := r.stand
	if s == nil {
		return append(out, wrap(muted, "it is not in a trace of this session", w)...)
	}
	out = append(out, labelled("phase", normal, string(s.Phase), w)...)
	out = append(out, labelled("seen", normal, fmt.Sprintf("%s, %s, %s, %s, %s", counted(s.Calls, "call", "calls"), counted(s.Capabilities, "capability", "capabilities"),
		counted(s.Programs, "program", "programs"), counted(s.Files, "file", "files"), counted(s.Sockets, "socket", "sockets")), w)...)
	out = append(out, labelled("refused", normal, counted(s.Denied, "call", "calls"), w)...)
	if !lossy(s) {
		return append(out, labelled("lost", good, "nothing", w)...)
	}
	if s.Lost {
		out = append(out, labelled("lost", danger, "a rule may be missing: this recording is not complete", w)...)
	}
	for _, text := range s.Losses {
		out = append(out, labelled("", warning, text, w)...)
	}
	return out
}

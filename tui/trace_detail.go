package tui

import (
	"cmp"

	"batten/internal/terminal"
	"batten/profiles"
)

// traceDetail is the pane with what made the row under the cursor of the stream.
type traceDetail struct {
	prose
	stream *traceStream
	made   detailKey
}

// detailKey is what the text was made from.
type detailKey struct{ row, w int }

func (p *traceDetail) title(m *model) string { return "What made it" + lossMark(m) }

func (p *traceDetail) lines(m *model, w, h int, _ bool) []line {
	p.stream.sync()
	f := p.stream.at()
	key := detailKey{-1, w}
	if f != nil {
		key.row = m.trace.forgotten + p.stream.current()
	}
	if key != p.made {
		if key.row != p.made.row {
			p.top = 0
		}
		p.made = key
		p.prose.set(detailLines(f, w))
	}
	return p.draw(w, h)
}

func detailLines(f *fresh, w int) []line {
	if f == nil {
		return wrap(muted, "the row under the cursor of the stream is explained here: which program made it, and when", w)
	}
	return f.details(w)
}

// details are all that is known of a sighting.
func (f *fresh) details(w int) []line {
	look := lookOf(f.Kind)
	head := as(look.role, look.sign+" "+look.word).and(normal, "  ")
	out := indented(head, strong, f.Name, width(head.text()), w)
	if label := remarkLabels[look.word]; label != "" && f.remark() != "" {
		out = append(out, labelled(label, normal, f.remark(), w)...)
	}
	out = append(out, nil)
	out = append(out, labelled("made by", normal, f.service+", "+cmp.Or(partWords[f.Part], string(f.Part)), w)...)
	out = append(out, f.maker(w)...)
	if look.follows != "" {
		out = append(append(out, nil), wrap(muted, look.follows, w)...)
	}
	if f.question() != "" {
		out = append(out, as(accent, "e").and(muted, " says what it is and who else needed it"))
	}
	return out
}

// maker is the program and the moment that it was first seen.
func (f *fresh) maker(w int) []line {
	o := f.Origin
	if o == nil {
		out := labelled("when", normal, "told "+clock(f.elapsed)+" after the start"+during(f.Phase), w)
		return append(out, labelled("program", muted, "not known", w)...)
	}
	out := labelled("when", normal, afterStart(o.Offset)+during(f.Phase), w)
	out = append(out, labelled("program", normal, cmp.Or(o.Program, "not known"), w)...)
	if len(o.Args) > 0 {
		out = append(out, labelled("command", normal, terminal.SafeArgs(o.Args), w)...)
	}
	return append(out, labelled("thread", normal, cmp.Or(o.Comm, "not known"), w)...)
}

func during(phase profiles.Phase) string {
	if phase == "" {
		return ""
	}
	return ", during " + string(phase)
}

// remarkLabels name what stands beside a name, by the word of its kind.
var remarkLabels = map[string]string{"call": "matters", "capability": "checked by", "file": "used to", "refused": "answer"}

func (p *traceDetail) explained(m *model) work  { return p.stream.explained(m) }
func (p *traceDetail) explains(m *model) string { return p.stream.explains(m) }
func (p *traceDetail) command(m *model) string  { return p.stream.command(m) }

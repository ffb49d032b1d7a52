package tui

import (
	"context"
	"fmt"
	"path"

	"batten/internal/engine"
)

// writeVerb asks before files are written.
func (m *model) askWrite() work {
	h := m.hardening
	changes := 0
	for _, f := range h.Files {
		if f.State == engine.StateNew || f.State == engine.StateChanged {
			changes++
		}
	}
	if changes == 0 {
		m.tell(good, "nothing to write: everything is as it should be")
		return nil
	}
	m.open(ask("write these files?", func(w int) []line { return m.writeList(h, w) },
		answer{"y", "write " + counted(changes, "file", "files"), func(m *model) work { return m.write(h) }}))
	return nil
}

// writeList are all files with what would become of each.
func (m *model) writeList(h *engine.Hardening, w int) []line {
	out := wrap(muted, "in "+m.options.Project.Dir(), w)
	roles := map[engine.State]role{engine.StateNew: good, engine.StateChanged: warning, engine.StateSame: muted, engine.StateKept: muted}
	signs := map[engine.State]string{engine.StateNew: "+", engine.StateChanged: "~", engine.StateSame: "=", engine.StateKept: "="}
	for _, f := range h.Files {
		r := roles[f.State]
		out = append(out, as(r, fmt.Sprintf("%s %-8s", signs[f.State], f.State)).and(normal, f.Path).and(muted, "  "+f.What))
	}
	if len(h.Refused) > 0 {
		out = append(out, nil)
		for _, r := range h.Refused {
			out = append(out, wrap(warning, "not done: "+r.Finding+": "+r.Reason, w)...)
		}
	}
	return append(out, nil, as(muted, "the same: ").and(normal, m.hardenCommand("--write")))
}

func (m *model) write(h *engine.Hardening) work {
	p := m.options.Project
	return m.start("writing", false, func(context.Context, <-chan struct{}) (message, error) {
		if err := p.Write(h); err != nil {
			return nil, err
		}
		return written{len(h.Files)}, nil
	})
}

// written says that the files are on disk.
type written struct{ files int }

func (wr written) arrive(m *model) work {
	m.decisions.saved = m.decisions.now
	h := m.hardening
	m.open(read("written", func(w int) []line { return nextLines(h, wr.files, w) }))
	return m.load()
}

// nextLines say what to do with what was written.
func nextLines(h *engine.Hardening, files int, w int) []line {
	out := append(wrap(good, counted(files, "file is", "files are")+" as the plan says", w), nil)
	for _, f := range h.Files {
		if path.Base(f.Path) == "APPLY.md" {
			text := "as " + f.Path + " says: with what has to be loaded before, and how to undo it"
			out = append(out, indented(as(muted, "start it"), normal, text, 10, w)...)
		}
	}
	return out
}

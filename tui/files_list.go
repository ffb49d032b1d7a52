package tui

import (
	"fmt"
	"slices"

	"batten/internal/engine"
)

// artifactsPane lists the files of a hardening, in the order in which they are written.
type artifactsPane struct {
	list
	of    *filesScreen
	files []engine.FileChange
	made  artifactsKey
}

// artifactsKey is what the list was made from.
type artifactsKey struct {
	version int
	changed bool
}

// stateLooks say what writing a file would do, by a sign and a word.
var stateLooks = map[engine.State]struct {
	role role
	sign string
}{
	engine.StateNew: {good, "+"}, engine.StateChanged: {warning, "~"}, engine.StateSame: {muted, "="}, engine.StateKept: {muted, "="},
}

func (p *artifactsPane) prepare() {
	p.list.key = func(i int) string { return p.files[i].Path }
	p.list.words = func(i int) string { f := p.files[i]; return f.Path + " " + f.What + " " + string(f.State) }
	p.list.row = func(i, w int) line {
		f := p.files[i]
		look := stateLooks[f.State]
		l := as(look.role, fmt.Sprintf("%s %-8s", look.sign, f.State)).and(normal, f.Path)
		if w > 60 {
			l = l.and(muted, "  "+f.What)
		}
		return l
	}
}

func (p *artifactsPane) title(*model) string {
	if p.of.changed {
		return "files that would change"
	}
	return "files"
}

func (p *artifactsPane) lines(m *model, w, h int, focused bool) []line {
	p.bring(m)
	return p.draw(w, h, focused)
}

func (p *artifactsPane) bring(m *model) {
	now := artifactsKey{m.version + 1, p.of.changed}
	if p.made == now {
		return
	}
	p.made, p.files = now, nil
	p.empty = "there is no plan yet"
	if m.hardening != nil {
		p.empty = "nothing to write: everything is as it should be"
		p.files = slices.Clone(m.hardening.Files)
		// What people look at first comes first.
		slices.SortStableFunc(p.files, func(a, b engine.FileChange) int { return rankOf(a) - rankOf(b) })
		if p.of.changed {
			p.files = slices.DeleteFunc(p.files, func(f engine.FileChange) bool { return f.State == engine.StateSame || f.State == engine.StateKept })
		}
	}
	p.list.set(len(p.files))
}

func rankOf(f engine.FileChange) int {
	switch {
	case len(f.Hunks) > 0:
		return 0
	case profileKind(&f) != "":
		return 1
	}
	return 2
}

func (p *artifactsPane) chosen() *engine.FileChange {
	if i := p.current(); i >= 0 && i < len(p.files) {
		return &p.files[i]
	}
	return nil
}

func (p *artifactsPane) copied() string {
	if f := p.chosen(); f != nil {
		return f.Path
	}
	return ""
}

// open goes to what the file says.
func (p *artifactsPane) open(m *model) work {
	m.focus[m.at] = 1
	return nil
}

func (p *artifactsPane) command(m *model) string { return p.of.commandOf(m) }

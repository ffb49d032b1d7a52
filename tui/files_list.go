package tui

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"batten/internal/engine"
)

// artifactsPane lists the files of a hardening under the folders that they stand in.
type artifactsPane struct {
	list
	of         *filesScreen
	files      []engine.FileChange // in the order of the list
	rows       []artifactRow
	made       artifactsKey
	names      int    // cells of the longest name
	stateWidth int    // and of the longest state
	state      string // how many files are in which state
}

// artifactRow is a folder's heading, or a file in it.
type artifactRow struct {
	folder string
	file   *engine.FileChange // nil of a heading
}

// artifactsKey is what the list was made from.
type artifactsKey struct {
	version int
	changed bool
	wanted  string
}

// stateLook says what writing a file would do, by a sign and a word.
type stateLook struct {
	state engine.State
	role  role
	sign  string
}

var states = []stateLook{
	{engine.StateNew, good, "+"}, {engine.StateChanged, warning, "~"}, {engine.StateSame, muted, "="}, {engine.StateKept, muted, "="},
}

func (p *artifactsPane) prepare() {
	p.key = func(i int) string {
		if f := p.rows[i].file; f != nil {
			return f.Path
		}
		return ""
	}
	p.row = func(i, w int) line {
		if f := p.rows[i].file; f != nil {
			return p.fileRow(f, w)
		}
		return as(heading, p.rows[i].folder)
	}
}

// fileRow names a file; what it is follows where there is room.
func (p *artifactsPane) fileRow(f *engine.FileChange, w int) line {
	look := stateLook{role: normal, sign: " "}
	if i := slices.IndexFunc(states, func(s stateLook) bool { return s.state == f.State }); i >= 0 {
		look = states[i]
	}
	l := as(look.role, fmt.Sprintf("%s %-*s ", look.sign, p.stateWidth, f.State))
	name := clean(path.Base(f.Path))
	if w < p.need()+2+width(clean(f.What)) {
		return l.and(normal, name)
	}
	return l.with(column(normal, name, p.names)).and(muted, "  "+f.What)
}

// need is how many cells a row takes without what the file is.
func (p *artifactsPane) need() int { return p.stateWidth + 3 + p.names }

func (p *artifactsPane) title(*model) string {
	what := "files"
	if p.of.changed {
		what = "would change"
	}
	if p.state != "" {
		what += ": " + p.state
	}
	return what
}

func (p *artifactsPane) lines(m *model, w, h int, focused bool) []line {
	p.bring(m)
	return p.draw(w, h, focused)
}

// bring makes the list anew when what it is made from is another.
func (p *artifactsPane) bring(m *model) {
	now := artifactsKey{m.version + 1, p.of.changed, p.wanted}
	if p.made == now {
		return
	}
	if p.made.version != now.version || p.made.changed != now.changed {
		p.take(m)
	}
	p.made = now
	p.arrange()
}

// take fetches the files from the hardening, in the order of the list.
func (p *artifactsPane) take(m *model) {
	p.files, p.state, p.empty = nil, "", "there is no plan yet"
	if m.hardening == nil {
		return
	}
	p.empty = "nothing to write: everything is as it should be"
	p.files = slices.Clone(m.hardening.Files)
	if p.of.changed {
		p.files = slices.DeleteFunc(p.files, func(f engine.FileChange) bool { return f.State == engine.StateSame || f.State == engine.StateKept })
	}
	folders := map[string]int{} // the order of folders is that of their first files
	slices.SortStableFunc(p.files, func(a, b engine.FileChange) int { return cmp.Compare(rankOf(&a), rankOf(&b)) })
	for _, f := range p.files {
		if _, ok := folders[path.Dir(f.Path)]; !ok {
			folders[path.Dir(f.Path)] = len(folders)
		}
	}
	slices.SortStableFunc(p.files, func(a, b engine.FileChange) int { return folders[path.Dir(a.Path)] - folders[path.Dir(b.Path)] })
	p.state = stateCounts(p.files)
}

// rankOf puts first what people look at first.
func rankOf(f *engine.FileChange) int {
	switch kindOf(f) {
	case kindCompose:
		return 0
	case kindSeccomp, kindAppArmor:
		return 1
	case kindSecret:
		return 3
	}
	if strings.HasPrefix(path.Base(f.Path), ".") {
		return 3
	}
	return 2
}

// stateCounts says how many files are in which state.
func stateCounts(files []engine.FileChange) string {
	var out []string
	for _, s := range states {
		n := 0
		for _, f := range files {
			if f.State == s.state {
				n++
			}
		}
		if n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, s.state))
		}
	}
	return strings.Join(out, ", ")
}

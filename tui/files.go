package tui

import (
	"batten/internal/engine"
)

// filesScreen shows what would be written: a list of the files, and what each says.
type filesScreen struct {
	list    artifactsPane
	content contentPane
	// beside is how differences are shown: 0 by the room there is, 1 one below the other,
	// 2 side by side.
	beside  int
	view    int  // of profiles: grouped, compared, the file itself
	changed bool // only files that would change
}

func newFiles(*model) screen {
	s := &filesScreen{}
	s.list.of, s.content.of = s, s
	s.list.prepare()
	s.content.prepare()
	return s
}

func (s *filesScreen) name() string  { return "Files" }
func (s *filesScreen) panes() []pane { return []pane{&s.list, &s.content} }

// layout gives the list what its paths need, and the rest to the content.
func (s *filesScreen) layout(_ *model, w, h, focus int) []rect {
	if w < 100 {
		return split(w, h, focus, 100, 1, 1)
	}
	n := min(44, w/3)
	return []rect{{0, 0, n, h}, {n, 0, w - n, h}}
}

func (m *model) files() *filesScreen {
	for _, s := range m.screens {
		if f, ok := s.(*filesScreen); ok {
			return f
		}
	}
	return nil
}

// chosen is the file with the cursor, nil without any.
func (s *filesScreen) chosen() *engine.FileChange { return s.list.chosen() }

// Views of a profile.
const (
	viewGrouped = iota
	viewCompared
	viewFile
	views
)

func filesVerbs() []verb {
	const here = "Files"
	onFiles := func(f func(s *filesScreen, m *model)) func(m *model) work {
		return func(m *model) work { f(m.files(), m); return nil }
	}
	return []verb{
		{id: "files.layout", keys: []string{"t"}, where: here, title: "differences side by side, or one below the other", short: "side by side", view: true,
			off: func(m *model) string { return m.files().cannotTurn() }, do: onFiles(func(s *filesScreen, m *model) { s.turn() })},
		{id: "files.view", keys: []string{"c"}, where: here, title: "profiles by reason, compared with Docker's default, or the file itself", short: "view", view: true,
			off: func(m *model) string { return m.files().cannotView() }, do: onFiles(func(s *filesScreen, m *model) { s.view = (s.view + 1) % views })},
		{id: "files.next", keys: []string{"]"}, where: here, title: "next file", view: true, do: onFiles(func(s *filesScreen, m *model) { s.list.move(1) })},
		{id: "files.previous", keys: []string{"["}, where: here, title: "previous file", view: true, do: onFiles(func(s *filesScreen, m *model) { s.list.move(-1) })},
		{id: "files.changed", keys: []string{"D"}, where: here, title: "only files that would change, or all", view: true, do: onFiles(func(s *filesScreen, m *model) { s.changed = !s.changed })},
		{id: "files.left", keys: []string{"<"}, where: here, title: "scroll to the left", view: true, do: onFiles(func(s *filesScreen, m *model) { s.content.shift(-8) })},
		{id: "files.right", keys: []string{">"}, where: here, title: "scroll to the right", view: true, do: onFiles(func(s *filesScreen, m *model) { s.content.shift(8) })},
	}
}

func (s *filesScreen) cannotTurn() string {
	if f := s.chosen(); f == nil || len(f.Hunks) == 0 {
		return "this is not a difference"
	}
	return ""
}

func (s *filesScreen) cannotView() string {
	if f := s.chosen(); f == nil || profileKind(f) == "" {
		return "this is no profile"
	}
	return ""
}

func (s *filesScreen) turn() {
	if s.content.besideNow() {
		s.beside = 1
	} else {
		s.beside = 2
	}
}

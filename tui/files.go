package tui

import (
	"batten/internal/engine"
)

// filesScreen shows what would be written: a list of the files, and what each says.
type filesScreen struct {
	list    artifactsPane
	content contentPane
	beside  arrangement
	views   map[fileKind]int // which of the views of a kind is shown; 0 is the first
	changed bool             // only files that would change
}

// arrangement is how differences are laid out.
type arrangement uint8

const (
	byRoom   arrangement = iota // side by side where there is room
	oneBelow                    // one below the other
	twoSides                    // side by side
)

func newFiles(*model) screen {
	s := &filesScreen{views: map[fileKind]int{}}
	s.list.of, s.content.of = s, s
	s.list.prepare()
	s.content.prepare()
	return s
}

func (s *filesScreen) name() string  { return "Files" }
func (s *filesScreen) panes() []pane { return []pane{&s.list, &s.content} }

// Widths of the list beside the content.
const leastList, boxAndMark = 34, 4

// layout gives the list what its names need, and the rest to the content.
func (s *filesScreen) layout(m *model, w, h, focus int) []rect {
	if w < twoPanes {
		return split(w, h, focus, twoPanes, 1, 1)
	}
	s.list.bring(m)
	n := min(max(s.list.need()+boxAndMark, leastList), w*3/8)
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

// view is how the chosen file is shown.
func (s *filesScreen) view() fileView {
	kind := kindOf(s.chosen())
	return viewsOf[kind][s.views[kind]]
}

// turnView goes on to the next view of the chosen file, and says which that is.
func (s *filesScreen) turnView(m *model) {
	kind := kindOf(s.chosen())
	s.views[kind] = (s.views[kind] + 1) % len(viewsOf[kind])
	m.tell(muted, viewNames[s.view()])
}

// turnSides lays differences out the other way. It stays so, whatever the width.
func (s *filesScreen) turnSides() {
	if s.content.twoSides() {
		s.beside = oneBelow
	} else {
		s.beside = twoSides
	}
}

// leaf goes to another file, also from its content.
func (s *filesScreen) leaf(by int) { s.list.move(by) }

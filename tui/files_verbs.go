package tui

// filesVerbs are what can be done on the screen of files. None of them changes anything
// but the view: files are written with W, which is everywhere.
func filesVerbs() []verb {
	do := func(f func(s *filesScreen, m *model)) func(m *model) work {
		return func(m *model) work { f(m.files(), m); return nil }
	}
	table := []verb{
		{id: "files.layout", keys: []string{"t"}, title: "differences side by side, or one below the other", short: "layout",
			off: cannotTurnSides, do: do(func(s *filesScreen, _ *model) { s.turnSides() })},
		{id: "files.view", keys: []string{"c"}, title: "the next view: by reasons, compared with Docker's default, the file itself", short: "view",
			off: cannotTurnView, do: do(func(s *filesScreen, m *model) { s.turnView(m) })},
		{id: "files.next", keys: []string{"]"}, title: "next file",
			off: cannotLeaf, do: do(func(s *filesScreen, _ *model) { s.leaf(1) })},
		{id: "files.previous", keys: []string{"["}, title: "previous file",
			off: cannotLeaf, do: do(func(s *filesScreen, _ *model) { s.leaf(-1) })},
		{id: "files.changed", keys: []string{"D"}, title: "only files that would change, or all",
			do: do(func(s *filesScreen, _ *model) { s.changed = !s.changed })},
		{id: "files.left", keys: []string{"<"}, title: "scroll to the left",
			off: cannotShiftLeft, do: do(func(s *filesScreen, _ *model) { s.content.shift(-shiftBy) })},
		{id: "files.right", keys: []string{">"}, title: "scroll to the right",
			do: do(func(s *filesScreen, _ *model) { s.content.shift(shiftBy) })},
	}
	for i := range table {
		table[i].where, table[i].view = "Files", true
	}
	return table
}

func cannotTurnSides(m *model) string {
	if s := m.files(); s.chosen() == nil || s.view() != viewDifference {
		return "no difference is shown"
	}
	return ""
}

func cannotTurnView(m *model) string {
	s := m.files()
	switch f := s.chosen(); {
	case f == nil:
		return "no file is chosen"
	case len(viewsOf[kindOf(f)]) < 2:
		return "this file has one view"
	}
	return ""
}

func cannotLeaf(m *model) string {
	if m.files().chosen() == nil {
		return "there are no files"
	}
	return ""
}

func cannotShiftLeft(m *model) string {
	if m.files().content.left == 0 {
		return "this is the left end"
	}
	return ""
}

package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// allVerbs is the table of everything that can be done.
func allVerbs(m *model) []verb {
	return slices.Concat(screenVerbs(m), viewVerbs(), projectVerbs(), overviewVerbs(), traceVerbs(), planVerbs(), filesVerbs())
}

// screenVerbs show a screen each.
func screenVerbs(m *model) []verb {
	var out []verb
	for i, s := range m.screens {
		name := s.name()
		out = append(out, verb{
			id: "screen." + name, keys: []string{string(rune('1' + i))}, title: "show " + name, view: true,
			do: func(m *model) work { m.goTo(name); return nil },
		})
	}
	return out
}

// viewVerbs change what is visible and nothing else.
func viewVerbs() []verb {
	return []verb{
		{id: "help", keys: []string{"?"}, title: "help for this screen", short: "help", view: true,
			do: func(m *model) work { m.open(newHelp(m)); return nil }},
		{id: "palette", keys: []string{":", "ctrl+p"}, title: "do anything by name", short: "commands", view: true,
			do: func(m *model) work { m.open(newPalette(m)); return nil }},
		{id: "filter", keys: []string{"/"}, title: "filter, or find in a text; !x leaves x out", short: "filter", view: true,
			do: func(m *model) work { m.find(); return nil }},
		{id: "pane.next", keys: []string{"tab", "l", "right"}, title: "next pane", view: true,
			do: func(m *model) work { m.turn(1); return nil }},
		{id: "pane.previous", keys: []string{"shift+tab", "h", "left"}, title: "previous pane", view: true,
			do: func(m *model) work { m.turn(-1); return nil }},
		{id: "zoom", keys: []string{"+", "_"}, title: "give the pane the whole screen, or take it back", view: true,
			do: func(m *model) work { m.zoomed = !m.zoomed; return nil }},
		{id: "open", keys: []string{"enter"}, title: "look closer", view: true, off: cannotOpen,
			do: func(m *model) work { return m.pane().(opener).open(m) }},
		{id: "copy", keys: []string{"y"}, title: "copy what the cursor is on", view: true,
			do: func(m *model) work { return m.copy(m.pane().copied()) }},
		{id: "copy.command", keys: []string{"Y"}, title: "copy the command that does the same", view: true,
			do: func(m *model) work { return m.copy(m.sameCommand()) }},
		{id: "mouse", keys: []string{"M"}, title: "mouse on or off; off leaves selecting text to the terminal", view: true,
			do: func(m *model) work { return m.toggleMouse() }},
		{id: "quit", keys: []string{"q"}, title: "quit", short: "quit", view: true,
			do: func(m *model) work { return m.quit() }},
	}
}

// projectVerbs act on the whole project, on every screen.
func projectVerbs() []verb {
	return []verb{
		{id: "explain", keys: []string{"e"}, title: "explain what the cursor is on", short: "explain", off: cannotExplain,
			command: func(m *model) string { return m.explainLine() },
			do:      func(m *model) work { return m.pane().(explainer).explained(m) }},
		{id: "undo", keys: []string{"u"}, title: "undo the last decision", off: needs(func(m *model) bool { return len(m.decisions.undo) > 0 }, "no decision to undo"),
			command: func(m *model) string { return m.hardenCommand() },
			do:      func(m *model) work { m.decisions.back(); return m.replan() }},
		{id: "redo", keys: []string{"ctrl+r"}, title: "redo it", off: needs(func(m *model) bool { return len(m.decisions.redo) > 0 }, "nothing to redo"),
			command: func(m *model) string { return m.hardenCommand() },
			do:      func(m *model) work { m.decisions.again(); return m.replan() }},
		{id: "write", keys: []string{"W"}, title: "write the files, after a list of them", short: "write", off: cannotWrite,
			command: func(m *model) string { return m.hardenCommand("--write") },
			do:      func(m *model) work { return m.askWrite() }},
		{id: "reload", keys: []string{"R"}, title: "look at the project again",
			command: func(m *model) string { return m.cli("inspect") },
			do:      func(m *model) work { return m.load() }},
	}
}

func cannotOpen(m *model) string {
	if _, ok := m.pane().(opener); !ok {
		return "there is nothing more behind this"
	}
	return ""
}

func cannotExplain(m *model) string {
	if _, ok := m.pane().(explainer); !ok {
		return "this pane has nothing to explain"
	}
	return ""
}

func cannotWrite(m *model) string {
	switch {
	case m.options.ReadOnly:
		return "started with --readonly"
	case m.hardening == nil:
		return "there is no plan yet"
	case m.busy != nil:
		return "wait until this is done: " + m.busy.what
	case m.planning > 0:
		return "the plan is being made"
	}
	return ""
}

func needs(has func(m *model) bool, otherwise string) func(m *model) string {
	return func(m *model) string {
		if has(m) {
			return ""
		}
		return otherwise
	}
}

// commander is a pane that knows the command line for what the cursor is on.
type commander interface{ command(m *model) string }

// sameCommand is the command that shows or does the same as this pane.
func (m *model) sameCommand() string {
	if c, ok := m.pane().(commander); ok {
		if text := c.command(m); text != "" {
			return text
		}
	}
	return m.hardenCommand()
}

func (m *model) turn(by int) {
	n := len(m.screen().panes())
	m.focus[m.at] = (m.focused() + by + n) % n
}

func (m *model) toggleMouse() work {
	m.mouse = !m.mouse
	if m.mouse {
		m.tell(normal, "mouse on: click and scroll; M gives selecting text back to the terminal")
	} else {
		m.tell(normal, "mouse off: select text as ever")
	}
	return nil
}

// quit ends the program. It asks only when something would be lost.
func (m *model) quit() work {
	var losses []line
	if n := m.decisions.open(); n > 0 {
		losses = append(losses, said(counted(n, "decision is", "decisions are")+" not written: W writes them with everything else"))
	}
	if m.busy != nil && m.busy.stop != nil {
		losses = append(losses, said("still working: "+m.busy.what+"; quitting aborts it"))
	}
	if losses == nil {
		return tea.Quit
	}
	m.open(ask("quit?", func(int) []line { return losses }, answer{"y", "quit", func(*model) work { return tea.Quit }}))
	return nil
}

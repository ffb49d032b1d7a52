package tui

// traceVerbs are what can be done on the screen of traces.
func traceVerbs() []verb {
	const here = "Trace"
	with := func(f func(s *traceScreen, m *model) work) func(m *model) work {
		return func(m *model) work { return f(traceScreenOf(m), m) }
	}
	return []verb{
		{id: "trace.run", where: here, keys: []string{"s"}, title: "start a trace, or stop it and keep what was seen", short: "start or stop",
			off: cannotTrace, command: startCommand, do: with((*traceScreen).run)},
		{id: "trace.choose", where: here, keys: []string{"space"}, title: "trace this service, or leave it out", short: "choose",
			off: cannotChoose, command: traceCommand, do: with((*traceScreen).choose)},
		{id: "trace.all", where: here, keys: []string{"a"}, title: "trace all services, or none",
			off: needs(hasServices, "there are no services"), command: traceCommand, do: with((*traceScreen).chooseAll)},
		{id: "trace.workload", where: here, keys: []string{"w"}, title: "set the command that drives the services", short: "workload",
			off: cannotSet, command: traceCommand, do: with((*traceScreen).askWorkload)},
		{id: "trace.restart", where: here, keys: []string{"r"}, title: "restart what runs already, to see its start, or leave it", short: "restart",
			off: cannotSet, command: traceCommand, do: with((*traceScreen).toggleRestart)},
		{id: "trace.follow", where: here, keys: []string{"f"}, title: "follow the end of the stream, or stay at the cursor", short: "follow", view: true,
			do: with((*traceScreen).toggleFollow)},
		{id: "trace.pause", where: here, keys: []string{"p"}, title: "let the stream stand still, or go on", short: "pause", view: true,
			off: needs(func(m *model) bool { return m.trace.begun }, "nothing is traced yet"), do: with((*traceScreen).togglePause)},
	}
}

func hasServices(m *model) bool { return m.inspection != nil && len(m.inspection.Services) > 0 }

func cannotSet(m *model) string {
	if m.options.ReadOnly {
		return "started with --readonly: nothing is traced"
	}
	return ""
}

func cannotChoose(m *model) string {
	s := traceScreenOf(m)
	r, ok := s.services.currentRow()
	switch {
	case m.pane() != pane(s.services):
		return "tab to the services, and put the cursor on one"
	case !ok:
		return "there are no services"
	case r.known == nil:
		return "it is not a service of this project"
	}
	return ""
}

// cannotTrace says why no trace can be started or stopped now.
func cannotTrace(m *model) string {
	switch {
	case m.trace.running:
		return ""
	case m.busy != nil:
		return "wait until this is done: " + m.busy.what
	case m.options.Demo:
		return ""
	case m.options.ReadOnly:
		return "started with --readonly: nothing is traced"
	case m.inspection == nil:
		return "the project was not read: R tries it again"
	case !hasServices(m):
		return "the project has no services"
	case len(traceScreenOf(m).chosen(m)) == 0:
		return "no service is chosen: a chooses all"
	}
	return ""
}

func (s *traceScreen) choose(*model) work {
	r, _ := s.services.currentRow()
	s.left[r.name] = !s.left[r.name]
	s.services.move(1)
	return nil
}

func (s *traceScreen) chooseAll(m *model) work {
	all := len(s.chosen(m)) == s.choosable(m)
	clear(s.left)
	if all {
		for _, one := range m.inspection.Services {
			s.left[one.Name] = true
		}
	}
	return nil
}

func (s *traceScreen) toggleRestart(m *model) work {
	s.restart = !s.restart
	if s.restart {
		m.tell(warning, "restart on: what runs is recreated, so that its start is seen; what it wrote outside volumes is lost")
	} else {
		m.tell(normal, "restart off: what runs already is traced from now on, without its start")
	}
	return nil
}

func (s *traceScreen) toggleFollow(m *model) work {
	s.stream.follow(s.stream.away)
	if s.stream.away {
		m.tell(normal, "the cursor stays; f follows the newest again")
	} else {
		m.tell(normal, "following the newest")
	}
	return nil
}

func (s *traceScreen) togglePause(m *model) work {
	m.trace.pause(!m.trace.paused)
	if m.trace.paused {
		m.tell(normal, "paused: what comes is counted and kept; p shows it")
	} else {
		m.tell(normal, "going on")
	}
	return nil
}

func (s *traceScreen) askWorkload(m *model) work {
	p := newPrompt("workload: a shell command that drives the services", m.options.Workload, func(m *model, text string) work {
		m.options.Workload = text
		return nil
	})
	p.note = "it runs when the services are ready, and the trace ends after it; empty: until s stops it"
	m.open(p)
	return nil
}

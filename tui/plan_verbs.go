package tui

import (
	"batten/plan"
)

// planVerbs are what can be done on the plan's screen.
func planVerbs() []verb {
	const here = "Plan"
	with := func(f func(s *planScreen, m *model) work) func(m *model) work {
		return func(m *model) work { return f(planScreenOf(m), m) }
	}
	off := func(f func(s *planScreen) string) func(m *model) string {
		return func(m *model) string {
			if m.plan() == nil {
				return "there is no plan yet"
			}
			return f(planScreenOf(m))
		}
	}
	return []verb{
		{id: "plan.toggle", where: here, keys: []string{"space"}, title: "apply or not", short: "apply or not",
			off: off(func(s *planScreen) string { return s.cannotToggle(false) }), command: func(m *model) string { return toggleCommand(m, false) },
			do: with(func(s *planScreen, m *model) work { return s.toggle(m, false) })},
		{id: "plan.group", where: here, keys: []string{"a"}, title: "apply all of this group, or leave all", short: "all of group",
			off: off(func(s *planScreen) string { return s.cannotToggle(true) }), command: func(m *model) string { return toggleCommand(m, true) },
			do: with(func(s *planScreen, m *model) work { return s.toggle(m, true) })},
		{id: "plan.skip", where: here, keys: []string{"x"}, title: "leave as it is, with a reason", short: "skip",
			off: off((*planScreen).cannotSkip), command: skipCommand, do: with((*planScreen).skip)},
		{id: "plan.value", where: here, keys: []string{"v"}, title: "choose a value", short: "value",
			off: off((*planScreen).cannotChoose), command: valueCommand, do: with((*planScreen).choose)},
		{id: "plan.reset", where: here, keys: []string{"A"}, title: "everything as batten proposes it",
			off:     needs(func(m *model) bool { return len(m.decisions.now) > 0 }, "nothing was decided here"),
			command: func(m *model) string { return commandAfter(m, nil) },
			do: with(func(s *planScreen, m *model) work {
				m.tell(normal, "as batten proposes; u takes this back")
				return s.become(m, nil)
			})},
		{id: "plan.state", where: here, keys: []string{"f"}, title: "show all, applied, not applied, blocked, or mine", short: "show", view: true,
			do: with(func(s *planScreen, m *model) work {
				s.view.show = (s.view.show + 1) % choosings
				return nil
			})},
		{id: "plan.by", where: here, keys: []string{"o"}, title: "group by service, severity or rule", short: "order", view: true,
			do: with(func(s *planScreen, m *model) work {
				s.view.by = (s.view.by + 1) % groupings
				return nil
			})},
		{id: "plan.diff", where: here, keys: []string{"d"}, title: "what this decision changes in the compose file", short: "diff", view: true,
			off: off((*planScreen).cannotDiff), do: with((*planScreen).showDiff)},
	}
}

func (s *planScreen) cannotSkip() string {
	if _, ok := s.row(); !ok {
		return "there is no finding here"
	}
	return ""
}

func (s *planScreen) cannotDiff() string {
	if s.current() == nil {
		return "put the cursor on a finding"
	}
	return ""
}

func (s *planScreen) showDiff(m *model) work {
	id := s.current().Finding.ID()
	m.open(read("diff of "+id, func(w int) []line { return s.diffLines(m, w) }))
	return nil
}

// commandAfter is the command that plans with other decisions than those of now.
func commandAfter(m *model, next []plan.Setting) string {
	before := m.decisions
	defer func() { m.decisions = before }()
	m.decisions = decisions{now: next}
	return m.hardenCommand()
}

func toggleCommand(m *model, whole bool) string {
	s := planScreenOf(m)
	items, apply := s.toggled(whole)
	if len(items) == 0 {
		return ""
	}
	return commandAfter(m, s.next(m, items, apply))
}

// skipCommand and valueCommand stand for what is still to be written.
func skipCommand(m *model) string {
	return wishCommand(m, func(f plan.Finding) plan.Setting { return settingOf(f, false, "", "REASON") })
}

func valueCommand(m *model) string {
	return wishCommand(m, func(f plan.Finding) plan.Setting {
		return plan.Setting{Rule: f.Rule, Service: f.Service, Key: f.Key, Value: "VALUE"}
	})
}

func wishCommand(m *model, wish func(f plan.Finding) plan.Setting) string {
	d := planScreenOf(m).current()
	if d == nil {
		return ""
	}
	return commandAfter(m, m.decisions.instead([]plan.Setting{wish(d.Finding)}))
}

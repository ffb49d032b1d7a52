package tui

// What Enter, e and Y do in the panes of the plan: all of them are about the finding
// with the cursor.

var (
	_ opener    = (*planFindings)(nil)
	_ explainer = (*planFindings)(nil)
	_ explainer = (*planDetail)(nil)
	_ opener    = (*planDiff)(nil)
)

func (p *planFindings) open(m *model) work { return p.of.openDetail(m) }
func (p *planDetail) open(m *model) work   { return p.of.openDetail(m) }

func (p *planDiff) open(m *model) work {
	if p.of.current() == nil {
		return nil
	}
	return p.of.showDiff(m)
}

func (p *planFindings) explained(m *model) work { return m.explain(p.of.rule()) }
func (p *planDetail) explained(m *model) work   { return m.explain(p.of.rule()) }

func (p *planFindings) command(m *model) string { return m.hardenCommand() }
func (p *planDetail) command(m *model) string   { return m.hardenCommand() }
func (p *planDiff) command(m *model) string     { return m.hardenCommand() }

// explains is the command line of e.
func (p *planFindings) explains(m *model) string { return p.of.explains(m) }
func (p *planDetail) explains(m *model) string   { return p.of.explains(m) }

func (s *planScreen) explains(m *model) string {
	if rule := s.rule(); rule != "" {
		return m.explainCommand(rule)
	}
	return ""
}

// rule is the rule of what the cursor is on, "" where it is on something else.
func (s *planScreen) rule() string {
	r, ok := s.row()
	switch {
	case !ok:
		return ""
	case r.item >= 0:
		return s.view.plan.Decisions[r.item].Finding.Rule
	case s.view.by == byRule:
		return s.view.groups[r.group].name
	}
	return ""
}

// openDetail shows everything about the row in a dialog, for screens where its pane is
// not visible.
func (s *planScreen) openDetail(m *model) work {
	if _, ok := s.row(); !ok {
		return nil
	}
	m.open(read(s.rowTitle(), func(w int) []line { return s.about(m, w) }))
	return nil
}

package tui

// overviewScreen shows what is there: the services, one of them in detail, and how they
// are connected.
type overviewScreen struct {
	state    overviewState
	services servicesPane
	detail   servicePane
	network  networkPane
	lower    int // which of the two other panes is below the services where there is room for one
}

func newOverview(*model) screen {
	s := &overviewScreen{lower: 1}
	s.services.set(&s.state)
	s.detail.state, s.network.state = &s.state, &s.state
	return s
}

func (s *overviewScreen) name() string  { return "Overview" }
func (s *overviewScreen) panes() []pane { return []pane{&s.services, &s.detail, &s.network} }

const (
	twoPanes   = 100
	threePanes = 120
	// highEnough is the least height of the body for three panes, and stacked for two.
	highEnough, stacked = 26, 18
	// detailWidth is what the detail needs for its longest lines.
	detailWidth = 56
)

// layout puts the services above and the others below, for a table wants width. Where
// there is room for one of the others it is the one that had the focus last. On a small
// screen the map stands alone: half of it tells nothing.
func (s *overviewScreen) layout(m *model, w, h, focus int) []rect {
	if h < stacked || w < twoPanes && focus == 2 {
		return split(w, h, focus, w+1, 1, 1, 1)
	}
	s.lower = max(focus, s.lower)
	if focus == 1 || w < twoPanes {
		s.lower = 1
	}
	s.state.refresh(m)
	upper := min(max(len(s.state.rows), 1)+3, max(h*2/5, 6))
	out := []rect{{0, 0, w, upper}, {}, {}}
	if w < threePanes || h < highEnough {
		out[s.lower] = rect{0, upper, w, h - upper}
		return out
	}
	left := min(detailWidth, w/2-4)
	out[1] = rect{0, upper, left, h - upper}
	out[2] = rect{left, upper, w - left, h - upper}
	return out
}

func (m *model) overview() *overviewScreen {
	for _, s := range m.screens {
		if o, ok := s.(*overviewScreen); ok {
			return o
		}
	}
	return nil
}

func overviewVerbs() []verb {
	return []verb{
		{id: "overview.when", keys: []string{"b"}, where: "Overview", title: "networks before hardening, or after", short: "before/after", view: true,
			off: cannotTurnMap, do: func(m *model) work { return m.overview().turnMap(m) }},
		{id: "overview.findings", keys: []string{"p"}, where: "Overview", title: "show the findings of the service on the plan", short: "findings", view: true,
			off: withoutService, do: func(m *model) work { return m.overview().showFindings(m) }},
	}
}

func withoutService(m *model) string {
	o := m.overview()
	if o.state.refresh(m); o.services.chosen() == nil {
		return "there is no service here"
	}
	return ""
}

// showFindings goes to the plan with the service's findings alone.
func (s *overviewScreen) showFindings(m *model) work {
	name := s.services.chosen().name
	m.goTo("Plan")
	m.focus[m.at] = 0
	m.pane().filter(name)
	return nil
}

// turnMap shows the networks as they are, or as they will be. The pane comes into view
// when it was not.
func (s *overviewScreen) turnMap(m *model) work {
	if p := s.place(m, 2); p.w > 0 {
		s.network.after = !s.network.after
		return nil
	}
	m.focus[m.at] = 2
	return nil
}

func (s *overviewScreen) place(m *model, pane int) rect { return m.places()[pane] }

func cannotTurnMap(m *model) string {
	switch {
	case m.hardening == nil:
		return "there is no plan yet"
	case m.overview().network.both && m.overview().place(m, 2).w > 0:
		return "before and after are both visible"
	}
	return ""
}

package tui

import "fmt"

// servicesPane lists the services, those with the lowest score first.
type servicesPane struct {
	list
	state   *overviewState
	columns []servicesColumn
	made    [2]int // version and width of columns, plus one
	listed  int    // version of the list
}

func (p *servicesPane) set(state *overviewState) {
	p.state = state
	p.list.key = func(i int) string { return state.rows[i].name }
	p.list.words = func(i int) string { return state.rows[i].words }
	p.list.row = p.tableRow
	p.list.head = func(w int) line {
		p.fit(w)
		return tableRow(p.columns, func(c servicesColumn) line { return as(muted, c.title) })
	}
}

// fit chooses columns for a width.
func (p *servicesPane) fit(w int) {
	if key := [2]int{p.state.version, w + 1}; p.made != key {
		p.made, p.columns = key, columnsFor(p.state.wide, w)
	}
}

func (p *servicesPane) tableRow(i, w int) line {
	p.fit(w)
	r := &p.state.rows[i]
	return tableRow(p.columns, func(c servicesColumn) line { return c.cell(r, c.w) })
}

// bring makes the list that of the model as it is now.
func (p *servicesPane) bring(m *model) {
	p.state.refresh(m)
	if p.listed != p.state.version {
		p.listed = p.state.version
		p.list.set(len(p.state.rows))
	}
	p.empty = "looking at the project"
	switch {
	case m.inspection != nil:
		p.empty = "no services here: batten works on compose files, containers and commands"
	case m.failed != nil:
		p.empty = "the project could not be read; R tries again"
	}
	p.state.service = ""
	if r := p.chosen(); r != nil {
		p.state.service = r.name
	}
}

// chosen is the row with the cursor, nil without any.
func (p *servicesPane) chosen() *serviceRow {
	if i := p.current(); i >= 0 && i < len(p.state.rows) {
		return &p.state.rows[i]
	}
	return nil
}

func (p *servicesPane) title(m *model) string {
	if n := len(p.state.rows); n > 0 {
		return counted(n, "service", "services") + ", weakest first"
	}
	return "services"
}

func (p *servicesPane) lines(m *model, w, h int, focused bool) []line {
	p.bring(m)
	return p.draw(w, h, focused)
}

func (p *servicesPane) copied() string {
	if r := p.chosen(); r != nil {
		return r.name
	}
	return ""
}

// nameText says also that a service is not started unless it is asked for.
func (r *serviceRow) nameText() string {
	if r.known.Disabled {
		return r.name + " (off)"
	}
	return r.name
}

func (r *serviceRow) nameRole() role {
	if r.known.Disabled {
		return muted
	}
	return strong
}

func (r *serviceRow) bar(w int) line {
	after := r.score.Before
	if r.planned {
		after = r.score.After
	}
	return scoreBar(r.score.Before, after, 100, w)
}

func (r *serviceRow) scores() line { return scoreText(r.score.Before, r.score.After, r.planned) }

func (r *serviceRow) worstLine() line {
	if r.worst == nil {
		return as(good, "✓ none")
	}
	return as(severityRole(r.worst.Severity), severityText(r.worst.Severity)).and(muted, " "+r.worst.Rule)
}

func (r *serviceRow) findingsText() string {
	if !r.planned {
		return fmt.Sprint(r.now)
	}
	return fmt.Sprintf("%2d → %d", r.now, r.left)
}

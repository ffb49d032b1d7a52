package tui

// rowName tells rows apart, also between plans: the name of a group, or what a finding is
// about.
type rowName struct {
	group   string
	about   subject
	heading bool
}

func (v *planView) nameAt(i int) rowName {
	r := v.rows[i]
	if r.item < 0 {
		return rowName{group: v.groups[r.group].name, heading: true}
	}
	return rowName{about: subjectOf(&v.plan.Decisions[r.item].Finding)}
}

// note keeps the row with the cursor in mind, to stay on it when the rows change.
func (p *planFindings) note() {
	if i := p.list.current(); i >= 0 && i < len(p.of.view.rows) {
		p.on = p.of.view.nameAt(i)
	}
}

// stay takes the rows of a new view over and keeps the cursor on its finding, where that
// is still listed.
func (p *planFindings) stay() {
	p.list.set(len(p.of.view.rows))
	p.put(p.on)
}

// put sets the cursor on a row, if it is there.
func (p *planFindings) put(on rowName) bool {
	for i := range p.of.view.rows {
		if p.of.view.nameAt(i) == on {
			p.cursor = i
			p.clamp()
			return true
		}
	}
	return false
}

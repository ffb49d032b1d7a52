package tui

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"batten/internal/engine"
	"batten/internal/fault"
	"batten/plan"
)

// refused is told when the engine cannot plan with the decisions. What is shown and what
// is decided have to stay the same, so that what it does not take is dropped.
func (m *model) refused(err error) work {
	var gone *engine.NotFoundError
	if errors.As(err, &gone) && m.forget(gone.ID) {
		m.tell(warning, gone.ID+" is found no longer: what you decided about it is dropped")
		return tea.Batch(m.replan(), m.expire())
	}
	m.report("planning", err)
	if fault.KindOf(err) != fault.Usage || !m.decisions.back() {
		return m.expire()
	}
	// The last step it was, such as a value that is none. Those before it are planned
	// anew: they may not have been planned yet.
	m.decisions.redo = m.decisions.redo[:len(m.decisions.redo)-1]
	return tea.Batch(m.replan(), m.expire())
}

// forget drops a decision on a finding that other decisions did away with; false when
// there is none. It is no step of its own: undoing the step that did away with the
// finding brings the decision back, too.
func (m *model) forget(id string) bool {
	rule, service, key := plan.ParseID(id)
	left := m.decisions.without(map[subject]bool{{rule, service, key}: true})
	if len(left) == len(m.decisions.now) {
		return false
	}
	m.decisions.now = left
	return true
}

package engine

import "batten/plan/network"

// Layouts are the project's networks as they are and as the plan makes them; both are
// empty for a hardening that was not made here but read from its JSON.
func (h *Hardening) Layouts() (before, after network.Layout) {
	if h.survey == nil {
		return before, after
	}
	return network.LayoutOf(h.survey.project.Model), network.LayoutOf(h.after)
}

// Checklist holds a service against the ten points under the plan; nil for a service
// that is not there.
func (h *Hardening) Checklist(service string) []ChecklistItem {
	if h.survey == nil {
		return nil
	}
	s, known := h.survey.project.Service(service)
	if !known {
		return nil
	}
	return checklist(h.Plan, s)
}

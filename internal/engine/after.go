package engine

import "batten/plan/network"

// Layouts are the project's networks as they are and as the plan makes them.
func (h *Hardening) Layouts() (before, after network.Layout) {
	return network.LayoutOf(h.survey.project.Model), network.LayoutOf(h.after)
}

// Checklist holds a service against the ten points under the plan; nil for a service
// that is not there.
func (h *Hardening) Checklist(service string) []ChecklistItem {
	s, known := h.survey.project.Service(service)
	if !known {
		return nil
	}
	return checklist(h.Plan, s)
}

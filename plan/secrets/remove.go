package secrets

import (
	"batten/plan"
	"batten/project"
)

// removeEntry takes a variable out of a service, as [plan.RemoveEntry] does, without
// going through all of its variables for each.
func (m *migration) removeEntry(service, variable string) []plan.Change {
	environment := project.Path{"services", service, "environment"}
	entries, known := m.entries[service]
	if !known {
		entries = map[string][]project.Written{}
		for _, e := range m.p.Entries(environment...) {
			entries[e.Key] = append(entries[e.Key], e)
		}
		m.entries[service] = entries
	}
	var out []plan.Change
	for _, e := range entries[variable] {
		if e.Path[len(e.Path)-1] != e.Key {
			out = append(out, plan.DropAt(e))
		}
	}
	if len(out) == 0 {
		out = append(out, plan.Change{Op: plan.Remove, Path: environment.Join(variable)})
	}
	return out
}

package secrets

import (
	"path/filepath"

	"go.yaml.in/yaml/v4"

	"batten/project"
)

// here tells that relative paths in a source start at the project's folder. Those in an
// included file start at its own, or at what the include says.
func (m *migration) here(file int) bool {
	s := m.p.Sources[file]
	if s.Role != project.RoleIncluded {
		return true
	}
	if filepath.Dir(s.Path) != m.p.Dir {
		return false
	}
	for _, other := range m.p.Sources {
		if other.Root == nil {
			continue
		}
		for i := 0; i+1 < len(other.Root.Content); i += 2 {
			if other.Root.Content[i].Value == "include" && !plainItems(other.Root.Content[i+1]) {
				return false
			}
		}
	}
	return true
}

// plainItems tells that a list has nothing but texts.
func plainItems(n *yaml.Node) bool {
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode {
			return false
		}
	}
	return n.Kind == yaml.SequenceNode
}

// hereAll is here for all files that a service is written in.
func (m *migration) hereAll(service string) bool {
	for _, w := range m.p.LookupAll("services", service) {
		if !m.here(w.File) {
			return false
		}
	}
	return true
}

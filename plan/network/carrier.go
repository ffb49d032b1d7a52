package network

import (
	"strings"

	"batten/project"
)

// carriers says, for each service, whose network it uses: its own name, that of the
// service whose network it joins, or "" when it takes part in none of the project's.
func carriers(p *project.Project) map[string]string {
	out := make(map[string]string, len(p.Services))
	mode := make(map[string]string, len(p.Services))
	for _, s := range p.Services {
		mode[s.Name] = s.Config.NetworkMode
		if s.Provider != "" {
			mode[s.Name] = "provider"
		}
	}
	for _, s := range p.Services {
		at := s.Name
		for range len(p.Services) {
			next, joins := strings.CutPrefix(mode[at], "service:")
			if !joins {
				break
			}
			at = next
		}
		if m, known := mode[at]; known && (m == "" || m == "bridge" || m == "default") {
			out[s.Name] = at
		}
	}
	return out
}

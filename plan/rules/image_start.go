package rules

import (
	"strings"

	"batten/project"
)

// otherwiseStarted says how a service's start differs from that in which its image
// was tested, "" when it does not: what it then writes and needs is not known.
func otherwiseStarted(s project.Service) string {
	switch {
	case len(s.Config.Entrypoint) > 0:
		return "it has an entry point of its own, and the image was tested with the image's"
	case len(s.Config.Command) > 0:
		return "it has a command of its own, and the image was tested with the image's"
	}
	for name, value := range s.Config.Environment {
		if value != nil && strings.HasPrefix(*value, "/") && !strings.HasSuffix(name, "_FILE") && !strings.HasPrefix(*value, "/run/secrets/") {
			return "a variable of it names a path, and the image was tested without"
		}
	}
	return ""
}

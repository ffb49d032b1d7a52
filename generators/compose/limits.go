package compose

import (
	"maps"
	"slices"
	"strings"

	"batten/plan"
)

// LimitsFile holds the limits of processes beside the hardened file.
const LimitsFile = "compose.hardened.limits.yml"

// Limits is a further compose file with limits of processes, by service. No
// spelling is common to all readers of version 3.8: docker-compose 1.29 takes
// pids_limit, and Compose v2 takes it only without other limits under deploy, where
// it wants pids beside them.
func Limits(limits map[string]string, v1 bool) []byte {
	program := "Compose v2"
	if v1 {
		program = "docker-compose 1.29"
	}
	var b strings.Builder
	b.WriteString("# " + plan.Mark + " for " + program + ": limits of processes, which version 3.8 has no common spelling for.\n")
	b.WriteString("version: \"3.8\"\nservices:\n")
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		b.WriteString("  " + (&emitter{}).key(name, false) + ":\n")
		if v1 {
			b.WriteString("    pids_limit: " + limits[name] + "\n")
		} else {
			b.WriteString("    deploy:\n      resources:\n        limits:\n          pids: " + limits[name] + "\n")
		}
	}
	return []byte(b.String())
}

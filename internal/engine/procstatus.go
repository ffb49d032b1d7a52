package engine

import (
	"os"
	"strings"

	"batten/profiles"
)

// conditionsOf reads under which filter a process runs, and whether with
// no-new-privileges. A command that batten starts inherits both.
func conditionsOf(process string) (filter profiles.Seccomp, noNewPrivileges bool) {
	data, err := os.ReadFile("/proc/" + process + "/status")
	if err != nil {
		return profiles.SeccompUnknown, false
	}
	filter = profiles.SeccompUnknown
	for line := range strings.Lines(string(data)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch value = strings.TrimSpace(value); key {
		case "NoNewPrivs":
			noNewPrivileges = value == "1"
		case "Seccomp":
			filter = profiles.SeccompCustom
			if value == "0" {
				filter = profiles.SeccompUnconfined
			}
		}
	}
	return filter, noNewPrivileges
}

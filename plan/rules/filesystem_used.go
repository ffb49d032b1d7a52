package rules

import (
	"fmt"
	"slices"

	"batten/plan"
	"batten/profiles"
)

// usedBelow is the evidence on whether something that the service is given was used:
// a device, a socket, or what is below a folder, by all of its names. Nothing where that was not recorded.
func usedBelow(p *profiles.Profile, given ...string) []plan.Evidence {
	if p == nil || !p.SeesFiles() {
		return nil
	}
	var programs []string
	used := false
	for _, f := range p.Files {
		if f.OfService() && f.Part != "" && slices.ContainsFunc(given, func(g string) bool { return under(f.Path, g) }) {
			used = true
			if f.Program != "" {
				programs = append(programs, f.Program)
			}
		}
	}
	slices.Sort(programs)
	text := "it was recorded to use it"
	switch {
	case len(programs) > 0:
		text += ": " + some(slices.Compact(programs))
	case used:
	case !recordedFiles(p):
		return nil // that it is not there says nothing
	default:
		n := recordedRuns(p)
		text = fmt.Sprintf("it did not use it while each access was recorded, in %d %s from the start on: take it away if that was all it does", n, plural(n, "run"))
	}
	return []plan.Evidence{{From: plan.FromRecording, Text: text}}
}

package engine

import (
	"fmt"
	"slices"

	"batten/profiles"
)

// Group is calls that belong together when a profile is shown.
type Group struct {
	Title string
	Calls []string
}

// Groups sorts the calls of a profile by who made them and when.
func Groups(p profiles.Profile) []Group {
	var out []Group
	add := func(title string, calls []string) {
		if len(calls) > 0 {
			out = append(out, Group{fmt.Sprintf("%s (%d)", title, len(calls)), calls})
		}
	}
	for _, arch := range p.Arches() {
		suffix := ""
		if arch != p.Arch() {
			suffix = ", " + string(arch)
		}
		own := p.ByPart(profiles.PartApplication, arch)
		serving := slices.Concat(p.ByPhase(profiles.PhaseSteady, arch), p.ByPhase(profiles.PhaseShutdown, arch))
		if len(serving) > 0 {
			var startup, rest []string
			for _, name := range own {
				if slices.Contains(serving, name) {
					rest = append(rest, name)
				} else {
					startup = append(startup, name)
				}
			}
			add("its own calls, while it served or ended"+suffix, rest)
			add("its own calls, at startup only"+suffix, startup)
		} else {
			add("its own calls"+suffix, own)
		}
		add("commands executed into it"+suffix, p.ByPart(profiles.PartExec, arch))
		starter := "its container runtime"
		if p.Service.Kind != profiles.KindContainer {
			starter = "to start it"
		}
		add(starter+suffix, p.ByPart(profiles.PartRuntime, arch))
	}
	var denied []string
	for _, d := range p.Denied {
		if !slices.Contains(denied, d.Name) {
			denied = append(denied, d.Name)
		}
	}
	add("refused while it was recorded", denied)
	return out
}

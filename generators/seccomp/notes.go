package seccomp

import (
	"slices"
	"strings"

	"batten/profiles"
)

// allNotes collects what a reader of the policy should know.
func (g *generator) allNotes() []string {
	if len(g.needs.Syscalls) > 0 && g.needs.Runtime != "" && !g.needs.Measured {
		g.note("the runtime's calls come from a table, not from a measurement on this machine (%s)", plain(g.needs.Source))
	}
	if recorded := g.profile.NoNewPrivileges(); recorded != g.o.NoNewPrivileges {
		if recorded {
			g.note("recorded with no-new-privileges and meant for running without: what set-user-ID programs do then was not seen")
		} else {
			g.note("recorded without no-new-privileges and meant for running with it: set-user-ID programs lose their effect")
		}
	}
	if len(g.second) > 0 {
		var names []string
		for _, a := range g.second {
			names = append(names, string(a))
		}
		g.note("calls of %s were seen and are served too; a rule holds for all calling conventions", strings.Join(names, ", "))
		if slices.Contains(g.second, profiles.ArchX86) && g.allowed["socketcall"] != nil {
			g.note("socketcall was seen: 32-bit programs reach every socket family through it")
		}
	}
	if len(g.o.ExtraArch) > 0 {
		g.note("the policy has an archMap, which only dockerd understands; it was recorded on %s only", g.native)
	}
	for _, b := range g.beyond {
		if b.Source == SourceRuntime && !b.Admitted {
			g.note("the former policy refuses %s, which the container runtime is thought to need", b.Name)
		}
	}
	for _, gap := range g.profile.Gaps() {
		if gap.Severity == profiles.SeverityBlocking {
			g.note("not ready to be enforced: %s", gap.Text)
		}
	}
	slices.Sort(g.notes)
	return slices.Compact(g.notes)
}

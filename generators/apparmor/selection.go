package apparmor

import (
	"slices"

	"batten/profiles"
)

// selection tells which rows a profile is for: the service's own and its health
// check's, on request those of commands executed by hand. The runtime's never are:
// the profile is entered at exec, after the runtime's work.
type selection struct {
	kinds   map[string]profiles.EntryKind
	exec    bool
	leftOut map[string]bool // entries of commands executed by hand
}

func newSelection(p profiles.Profile, o Options) *selection {
	s := &selection{kinds: map[string]profiles.EntryKind{}, exec: o.IncludeExec, leftOut: map[string]bool{}}
	for _, e := range p.Entries {
		s.kinds[e.ID] = e.Kind
	}
	return s
}

// holds tells whether a row counts. Rows without a part were seen from outside.
func (s *selection) holds(part profiles.Part, entry string) bool {
	switch {
	case part == profiles.PartApplication, part == "":
		return true
	case part != profiles.PartExec:
		return false
	case s.kinds[entry] == profiles.EntryHealthCheck || s.exec:
		return true
	}
	s.leftOut[entry] = true
	return false
}

// entries are the files that the runtime executes: the profile is entered with them.
func (s *selection) entries(p profiles.Profile) map[string]bool {
	out := map[string]bool{}
	for _, e := range p.Entries {
		if e.Program != "" && (e.Kind != profiles.EntryExec || s.exec) {
			out[e.Program] = true
		}
	}
	return out
}

// capabilities are those that the selected rows needed.
func (s *selection) capabilities(p profiles.Profile) []string {
	var rows []profiles.Capability
	for _, c := range p.Capabilities {
		if s.holds(c.Part, c.Entry) {
			rows = append(rows, c)
		}
	}
	p.Capabilities = rows
	return slices.Clone(p.NeedsCapability())
}

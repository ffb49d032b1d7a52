package profiles

import "slices"

// needed tells whether a check means that the service must have the capability:
// it was granted, and the operation depended on it or may have.
func (c Capability) needed() bool {
	return c.Granted && (c.Class == ClassNeed || c.Class == ClassUnknown) && c.Part != PartRuntime
}

// NeedsCapability returns the names of the capabilities that the service or a
// command executed into it needed, sorted. What was asked for and refused is not
// among them, nor what the kernel asks without consequence, nor the runtime's.
func (p Profile) NeedsCapability() []string {
	var out []string
	for _, c := range p.Capabilities {
		if c.needed() {
			out = append(out, c.Name)
		}
	}
	return distinct(out)
}

// Application returns the names of the calls of the service's own processes for
// one architecture, sorted; not those of commands executed into it.
func (p Profile) Application(a Arch) []string { return p.ByPart(PartApplication, a) }

// Needed returns the names of the calls of the service's own processes and of
// commands executed into it, for one architecture, sorted: what a filter has to
// allow besides the runtime's needs.
func (p Profile) Needed(a Arch) []string {
	return p.calls(func(s Syscall) bool { return s.Arch == a && s.Part != PartRuntime })
}

// ByPart returns the names of the calls of one part for one architecture, sorted.
func (p Profile) ByPart(part Part, a Arch) []string {
	return p.calls(func(s Syscall) bool { return s.Arch == a && s.Part == part })
}

// ByPhase returns the names of the application's calls that were seen in a phase,
// for one architecture, sorted.
func (p Profile) ByPhase(ph Phase, a Arch) []string {
	return p.calls(func(s Syscall) bool {
		return s.Arch == a && s.Part == PartApplication && slices.Contains(s.Phases, ph)
	})
}

// Sightings returns the rows of one call, of all parts and architectures.
func (p Profile) Sightings(syscall string) []Syscall {
	var out []Syscall
	for _, s := range p.Syscalls {
		if s.Name == syscall {
			out = append(out, s)
		}
	}
	return out
}

// Arch returns the native architecture of the recordings, "" when there are none.
func (p Profile) Arch() Arch {
	for _, r := range p.Runs {
		if r.Arch != "" {
			return r.Arch
		}
	}
	return ""
}

// Arches returns the architectures of which application calls were seen, the
// native one first.
func (p Profile) Arches() []Arch {
	var out []Arch
	if a := p.Arch(); a != "" {
		out = append(out, a)
	}
	for _, a := range archTable {
		seen := slices.ContainsFunc(p.Syscalls, func(s Syscall) bool { return s.Arch == a.arch && s.Part != PartRuntime })
		if seen && !slices.Contains(out, a.arch) {
			out = append(out, a.arch)
		}
	}
	return out
}

// ArgumentsFor returns the united arguments of a call's application rows, nil
// when none were recorded. They are evidence for a filter only when Complete.
func (p Profile) ArgumentsFor(syscall string, a Arch) *Arguments {
	var out *Arguments
	first := true
	for _, s := range p.Syscalls {
		if s.Name != syscall || s.Arch != a || s.Part == PartRuntime {
			continue
		}
		if first {
			out, first = s.Args.clone(), false
			continue
		}
		out = mergeArguments(out, s.Args)
	}
	return out
}

// NoNewPrivileges tells whether every run was made with no-new-privileges; such a
// profile cannot start the service without it.
func (p Profile) NoNewPrivileges() bool {
	return len(p.Runs) > 0 && !slices.ContainsFunc(p.Runs, func(r Run) bool { return !r.NoNewPrivileges })
}

func (p Profile) calls(keep func(Syscall) bool) []string {
	var out []string
	for _, s := range p.Syscalls {
		if keep(s) {
			out = append(out, s.Name)
		}
	}
	return distinct(out)
}

func distinct(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}

package profiles

import "slices"

// The keys say when two rows speak of the same thing.

type syscallKey struct {
	name  string
	arch  Arch
	part  Part
	entry string
}

type denialKey struct {
	syscallKey
	errno  int
	killed bool
}

type capabilityKey struct {
	name, entry, caller, syscall string
	part                         Part
	granted                      bool
	class                        Class
}

type programKey struct {
	path, by, entry string
	part            Part
}

func entryKeyOf(e Entry) string         { return e.ID }
func syscallKeyOf(s Syscall) syscallKey { return syscallKey{s.Name, s.Arch, s.Part, s.Entry} }
func denialKeyOf(d Denial) denialKey {
	return denialKey{syscallKey{d.Name, d.Arch, d.Part, d.Entry}, d.Errno, d.Killed}
}
func capabilityKeyOf(c Capability) capabilityKey {
	return capabilityKey{c.Name, c.Entry, c.Caller, c.Syscall, c.Part, c.Granted, c.Class}
}
func programKeyOf(p Program) programKey { return programKey{p.Path, p.By, p.Entry, p.Part} }

func addEntry(a *Entry, b Entry, runs func(a, b int) int) {
	n := runs(a.Runs, b.Runs)
	if a.Program == "" || b.Program != "" && compareCommand(b, *a) < 0 {
		id, kind := a.ID, a.Kind
		*a = b
		a.ID, a.Kind = id, kind
	}
	a.Runs = n
}

func addSyscall(a *Syscall, b Syscall, runs func(a, b int) int) {
	a.Runs = runs(a.Runs, b.Runs)
	a.Phases = sortPhases(slices.Concat(a.Phases, b.Phases))
	a.Args = mergeArguments(a.Args, b.Args)
	a.First = betterOrigin(a.First, b.First)
}

func addDenial(a *Denial, b Denial, runs func(a, b int) int) {
	a.Runs = runs(a.Runs, b.Runs)
	a.Args = mergeArguments(a.Args, b.Args)
	a.First = betterOrigin(a.First, b.First)
}

func addCapability(a *Capability, b Capability, runs func(a, b int) int) {
	a.Runs = runs(a.Runs, b.Runs)
	a.Phases = sortPhases(slices.Concat(a.Phases, b.Phases))
	a.Programs = sortPrograms(slices.Concat(a.Programs, b.Programs))
	a.First = betterOrigin(a.First, b.First)
}

func addProgram(a *Program, b Program, runs func(a, b int) int) {
	a.Runs = runs(a.Runs, b.Runs)
	a.First = betterOrigin(a.First, b.First)
}

// mergeArguments unites the tuples of two rows. They stay evidence for a filter
// only when both rows saw all of theirs, of the same arguments, and the union is
// small enough.
func mergeArguments(a, b *Arguments) *Arguments {
	if a == nil && b == nil {
		return nil
	}
	if a == nil || b == nil {
		c := a.clone()
		if c == nil {
			c = b.clone()
		}
		c.Complete = false // a run that saw the call did not see its arguments
		c.bound()
		return c
	}
	out := a.clone()
	out.Complete = a.Complete && b.Complete
	switch order := slices.Compare(a.Index, b.Index); {
	case order == 0:
		out.Values = append(out.Values, b.clone().Values...)
	case order > 0:
		out = b.clone()
		out.Complete = false
	default:
		out.Complete = false
	}
	out.bound()
	return out
}

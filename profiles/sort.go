package profiles

import (
	"cmp"
	"slices"
)

// Sort brings every list into the canonical order, so that the same evidence
// encodes to the same bytes. It sorts in place and removes nothing but repeated
// phases.
func (e *Evidence) Sort() {
	for i := range e.Syscalls {
		e.Syscalls[i].Phases = sortPhases(e.Syscalls[i].Phases)
		e.Syscalls[i].Args.sort()
	}
	for i := range e.Denied {
		e.Denied[i].Args.sort()
	}
	for i := range e.Capabilities {
		e.Capabilities[i].Phases = sortPhases(e.Capabilities[i].Phases)
	}
	slices.SortFunc(e.Entries, compareEntry)
	slices.SortFunc(e.Syscalls, compareSyscall)
	slices.SortFunc(e.Denied, compareDenial)
	slices.SortFunc(e.Capabilities, compareCapability)
	slices.SortFunc(e.Programs, compareProgram)
	e.sortObserved()
}

// Sort brings the evidence and the runs into the canonical order. Runs carry no
// date; their order has no meaning.
func (p *Profile) Sort() {
	p.Evidence.Sort()
	slices.SortFunc(p.Runs, compareRun)
}

// phaseRank is the order in which the phases follow one another.
func phaseRank(p Phase) int {
	return 1 + slices.Index([]Phase{PhaseRuntime, PhaseStartup, PhaseSteady, PhaseShutdown, PhaseExec}, p)
}

func partRank(p Part) int {
	return 1 + slices.Index([]Part{PartApplication, PartExec, PartRuntime}, p)
}

func kindRank(k EntryKind) int {
	return 1 + slices.Index([]EntryKind{EntryMain, EntryHealthCheck, EntryExec}, k)
}

func sortPhases(ps []Phase) []Phase {
	slices.SortFunc(ps, func(a, b Phase) int {
		return cmp.Or(cmp.Compare(phaseRank(a), phaseRank(b)), cmp.Compare(a, b))
	})
	return slices.Compact(ps)
}

func (a *Arguments) sort() {
	if a == nil {
		return
	}
	slices.SortFunc(a.Values, slices.Compare[[]uint64])
	a.Values = slices.CompactFunc(a.Values, slices.Equal[[]uint64])
}

func comparePart(a, b Part) int {
	return cmp.Or(cmp.Compare(partRank(a), partRank(b)), cmp.Compare(a, b))
}

func compareEntry(a, b Entry) int {
	return cmp.Or(
		cmp.Compare(kindRank(a.Kind), kindRank(b.Kind)), cmp.Compare(a.Kind, b.Kind),
		compareID(a.ID, b.ID),
		cmp.Compare(a.Program, b.Program), slices.Compare(a.Args, b.Args), cmp.Compare(a.Runs, b.Runs))
}

// compareID puts exec-2 before exec-10.
func compareID(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

func compareSyscall(a, b Syscall) int {
	return cmp.Or(
		comparePart(a.Part, b.Part), compareID(a.Entry, b.Entry),
		cmp.Compare(a.Name, b.Name), cmp.Compare(a.Arch, b.Arch),
		slices.Compare(a.Phases, b.Phases), compareArguments(a.Args, b.Args),
		compareOrigin(a.First, b.First), cmp.Compare(a.Runs, b.Runs))
}

func compareDenial(a, b Denial) int {
	return cmp.Or(
		comparePart(a.Part, b.Part), compareID(a.Entry, b.Entry),
		cmp.Compare(a.Name, b.Name), cmp.Compare(a.Arch, b.Arch),
		cmp.Compare(a.Errno, b.Errno), compareBool(a.Killed, b.Killed),
		compareArguments(a.Args, b.Args), compareOrigin(a.First, b.First), cmp.Compare(a.Runs, b.Runs))
}

func compareCapability(a, b Capability) int {
	return cmp.Or(
		comparePart(a.Part, b.Part), compareID(a.Entry, b.Entry),
		cmp.Compare(a.Name, b.Name), -compareBool(a.Granted, b.Granted),
		cmp.Compare(a.Class, b.Class), cmp.Compare(a.Syscall, b.Syscall), cmp.Compare(a.Caller, b.Caller),
		slices.Compare(a.Phases, b.Phases), slices.Compare(a.Programs, b.Programs),
		compareOrigin(a.First, b.First), cmp.Compare(a.Runs, b.Runs))
}

func compareProgram(a, b Program) int {
	return cmp.Or(
		comparePart(a.Part, b.Part), compareID(a.Entry, b.Entry), cmp.Compare(a.Path, b.Path),
		cmp.Compare(a.By, b.By), compareOrigin(a.First, b.First), cmp.Compare(a.Runs, b.Runs))
}

func compareArguments(a, b *Arguments) int {
	if a == nil || b == nil {
		return compareBool(a != nil, b != nil)
	}
	return cmp.Or(slices.Compare(a.Index, b.Index),
		slices.CompareFunc(a.Values, b.Values, slices.Compare[[]uint64]),
		compareBool(a.Complete, b.Complete))
}

func compareRun(a, b Run) int {
	return cmp.Or(
		cmp.Compare(a.Backend, b.Backend), cmp.Compare(a.Arch, b.Arch), cmp.Compare(a.Kernel, b.Kernel),
		cmp.Compare(a.Engine, b.Engine), cmp.Compare(a.Runtime, b.Runtime),
		compareBool(a.NoNewPrivileges, b.NoNewPrivileges), cmp.Compare(a.Seccomp, b.Seccomp),
		compareBool(a.StartupSeen, b.StartupSeen), cmp.Compare(a.Workload, b.Workload),
		cmp.Compare(a.Seconds, b.Seconds), cmp.Compare(a.QuietFor, b.QuietFor),
		compareBool(a.Interrupted, b.Interrupted), cmp.Compare(a.Files, b.Files))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

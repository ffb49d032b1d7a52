package profiles

import (
	"cmp"
	"slices"
)

func (e *Evidence) sortObserved() {
	for i := range e.Files {
		e.Files[i].Access = sortAccess(e.Files[i].Access)
		e.Files[i].Phases = sortPhases(e.Files[i].Phases)
	}
	for i := range e.Sockets {
		e.Sockets[i].Programs = sortPrograms(e.Sockets[i].Programs)
	}
	for i := range e.Capabilities {
		e.Capabilities[i].Programs = sortPrograms(e.Capabilities[i].Programs)
	}
	for i := range e.Identities {
		e.Identities[i].Phases = sortPhases(e.Identities[i].Phases)
	}
	slices.SortFunc(e.Files, compareFile)
	slices.SortFunc(e.Sockets, compareSocket)
	slices.SortFunc(e.Contacts, compareContact)
	slices.SortFunc(e.Mounts, compareMount)
	slices.SortFunc(e.Identities, compareIdentity)
}

func sortAccess(list []Access) []Access {
	slices.Sort(list)
	return slices.Compact(list)
}

// sortPrograms sorts names, drops repeated ones, and keeps as many as the format
// holds.
func sortPrograms(list []string) []string {
	slices.Sort(list)
	list = slices.Compact(list)
	return list[:min(len(list), maxPrograms)]
}

func compareFile(a, b File) int {
	return cmp.Or(
		cmp.Compare(a.Path, b.Path), compareBool(a.Folder, b.Folder), cmp.Compare(a.Target, b.Target),
		cmp.Compare(a.Mount, b.Mount), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Device, b.Device),
		comparePart(a.Part, b.Part), compareID(a.Entry, b.Entry), cmp.Compare(a.Program, b.Program),
		slices.Compare(a.Access, b.Access), slices.Compare(a.Phases, b.Phases),
		compareOrigin(a.First, b.First), cmp.Compare(a.Runs, b.Runs))
}

// compareSocket puts what is listened on first.
func compareSocket(a, b Socket) int {
	return cmp.Or(
		-cmp.Compare(a.Use, b.Use), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Port, b.Port),
		cmp.Compare(a.Peer, b.Peer), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Name, b.Name),
		comparePart(a.Part, b.Part), compareID(a.Entry, b.Entry), slices.Compare(a.Programs, b.Programs),
		compareOrigin(a.First, b.First), cmp.Compare(a.Runs, b.Runs))
}

func compareContact(a, b Contact) int {
	return cmp.Or(
		cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Signal, b.Signal), cmp.Compare(a.Peer, b.Peer),
		comparePart(a.Part, b.Part), compareID(a.Entry, b.Entry), cmp.Compare(a.Program, b.Program),
		compareOrigin(a.First, b.First), cmp.Compare(a.Runs, b.Runs))
}

func compareMount(a, b Mount) int {
	return cmp.Or(
		cmp.Compare(a.Path, b.Path), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Type, b.Type),
		cmp.Compare(a.Source, b.Source), slices.Compare(a.Options, b.Options),
		comparePart(a.Part, b.Part), compareID(a.Entry, b.Entry), cmp.Compare(a.Program, b.Program),
		compareOrigin(a.First, b.First), cmp.Compare(a.Runs, b.Runs))
}

func compareIdentity(a, b Identity) int {
	return cmp.Or(
		cmp.Compare(a.UID, b.UID), cmp.Compare(a.GID, b.GID), cmp.Compare(a.Program, b.Program),
		slices.Compare(a.Phases, b.Phases), cmp.Compare(a.Runs, b.Runs))
}

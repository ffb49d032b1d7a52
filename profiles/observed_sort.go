package profiles

import (
	"cmp"
	"slices"
)

func (e *Evidence) sortObserved() {
	for i := range e.Files {
		e.Files[i].Access = sortAccess(e.Files[i].Access)
	}
	for i := range e.Identities {
		e.Identities[i].Phases = sortPhases(e.Identities[i].Phases)
	}
	slices.SortFunc(e.Files, compareFile)
	slices.SortFunc(e.Sockets, compareSocket)
	slices.SortFunc(e.Identities, compareIdentity)
}

func sortAccess(list []Access) []Access {
	slices.Sort(list)
	return slices.Compact(list)
}

func compareFile(a, b File) int {
	return cmp.Or(
		cmp.Compare(a.Path, b.Path), compareBool(a.Folder, b.Folder), cmp.Compare(a.Mount, b.Mount),
		slices.Compare(a.Access, b.Access), compareOrigin(a.First, b.First), cmp.Compare(a.Runs, b.Runs))
}

// compareSocket puts what is listened on first.
func compareSocket(a, b Socket) int {
	return cmp.Or(
		-cmp.Compare(a.Use, b.Use), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Port, b.Port),
		cmp.Compare(a.Peer, b.Peer), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Runs, b.Runs))
}

func compareIdentity(a, b Identity) int {
	return cmp.Or(
		cmp.Compare(a.UID, b.UID), cmp.Compare(a.GID, b.GID), cmp.Compare(a.Program, b.Program),
		slices.Compare(a.Phases, b.Phases), cmp.Compare(a.Runs, b.Runs))
}

package profiles

import (
	"slices"
	"strings"
)

type fileKey struct {
	path, target, device string
	folder               bool
	mount                MountKind
	kind                 FileKind
	program, entry       string
	part                 Part
}

type socketKey struct {
	use                           SocketUse
	protocol, address, peer, name string
	port                          int
	part                          Part
	entry                         string
}

type contactKey struct {
	kind                         ContactKind
	signal, peer, program, entry string
	part                         Part
}

type mountKey struct {
	operation, typ, source, path, options, program, entry string
	part                                                  Part
}

type identityKey struct{ uid, gid int }

func fileKeyOf(f File) fileKey {
	return fileKey{f.Path, f.Target, f.Device, f.Folder, f.Mount, f.Kind, f.Program, f.Entry, f.Part}
}
func socketKeyOf(s Socket) socketKey {
	return socketKey{s.Use, s.Protocol, s.Address, s.Peer, s.Name, s.Port, s.Part, s.Entry}
}
func contactKeyOf(c Contact) contactKey {
	return contactKey{c.Kind, c.Signal, c.Peer, c.Program, c.Entry, c.Part}
}
func mountKeyOf(m Mount) mountKey {
	return mountKey{m.Operation, m.Type, m.Source, m.Path, strings.Join(m.Options, ","), m.Program, m.Entry, m.Part}
}
func identityKeyOf(i Identity) identityKey { return identityKey{i.UID, i.GID} }

func addFile(a *File, b File, runs func(a, b int) int) {
	a.Runs = runs(a.Runs, b.Runs)
	a.Access = sortAccess(slices.Concat(a.Access, b.Access))
	a.Phases = sortPhases(slices.Concat(a.Phases, b.Phases))
	a.First = betterOrigin(a.First, b.First)
}

func addSocket(a *Socket, b Socket, runs func(a, b int) int) {
	a.Runs = runs(a.Runs, b.Runs)
	a.Programs = sortPrograms(slices.Concat(a.Programs, b.Programs))
	a.First = betterOrigin(a.First, b.First)
}

func addContact(a *Contact, b Contact, runs func(a, b int) int) {
	a.Runs = runs(a.Runs, b.Runs)
	a.First = betterOrigin(a.First, b.First)
}

func addMount(a *Mount, b Mount, runs func(a, b int) int) {
	a.Runs = runs(a.Runs, b.Runs)
	a.First = betterOrigin(a.First, b.First)
}

// addIdentity names of the programs that ran so the one that sorts first, so that
// merging in any order gives the same.
func addIdentity(a *Identity, b Identity, runs func(a, b int) int) {
	a.Runs = runs(a.Runs, b.Runs)
	a.Phases = sortPhases(slices.Concat(a.Phases, b.Phases))
	if a.Program == "" || b.Program != "" && b.Program < a.Program {
		a.Program = b.Program
	}
}

// peak unites amounts of two runs: the larger of each. nil is a run that was not
// measured.
func (r *Resources) peak(o *Resources) *Resources {
	if r == nil || o == nil {
		if r == nil {
			r = o
		}
		return r.clone()
	}
	return &Resources{
		MemoryBytes: max(r.MemoryBytes, o.MemoryBytes), Processes: max(r.Processes, o.Processes),
		OpenFiles: max(r.OpenFiles, o.OpenFiles), MilliCPU: max(r.MilliCPU, o.MilliCPU),
	}
}

func (r *Resources) clone() *Resources {
	if r == nil {
		return nil
	}
	c := *r
	return &c
}

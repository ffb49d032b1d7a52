package profiles

import "slices"

type fileKey struct {
	path   string
	folder bool
	mount  MountKind
}

type socketKey struct {
	use                     SocketUse
	protocol, address, peer string
	port                    int
}

type identityKey struct{ uid, gid int }

func fileKeyOf(f File) fileKey { return fileKey{f.Path, f.Folder, f.Mount} }
func socketKeyOf(s Socket) socketKey {
	return socketKey{s.Use, s.Protocol, s.Address, s.Peer, s.Port}
}
func identityKeyOf(i Identity) identityKey { return identityKey{i.UID, i.GID} }

func addFile(a *File, b File, runs func(a, b int) int) {
	a.Runs = runs(a.Runs, b.Runs)
	a.Access = sortAccess(slices.Concat(a.Access, b.Access))
	a.First = betterOrigin(a.First, b.First)
}

func addSocket(a *Socket, b Socket, runs func(a, b int) int) { a.Runs = runs(a.Runs, b.Runs) }

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

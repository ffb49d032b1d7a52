package profiles

import "slices"

// Changed returns the rows that say that the service, or a command executed into it,
// changed the file system. Not what the runtime did: it prepares the file system
// before the service begins, and before any of it is made read-only.
func (p Profile) Changed() []File {
	var out []File
	for _, f := range p.Files {
		if f.Part != PartRuntime && f.Changes() {
			out = append(out, f)
		}
	}
	return out
}

// SeesFiles tells whether any run shows which files and sockets were used. Rows
// without a Part may be there all the same: a sample.
func (p Profile) SeesFiles() bool { return slices.ContainsFunc(p.Runs, Run.SeesFiles) }

// OfService tells whether a row is of the service or of a command executed into it,
// not of the runtime that starts it.
func (f File) OfService() bool { return f.Part != PartRuntime }

// OverIP returns the sockets that have an address and a port, of the service and of
// commands executed into it.
func (p Profile) OverIP() []Socket {
	var out []Socket
	for _, s := range p.Sockets {
		if s.Protocol != "unix" && s.Part != PartRuntime {
			out = append(out, s)
		}
	}
	return out
}

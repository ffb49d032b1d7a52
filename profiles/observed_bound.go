package profiles

import (
	"path"
	"strings"
	"unicode/utf8"
)

// boundObserved makes names that a traced program chose fit the format. A path
// that cannot be written down becomes a write to the folder that it is in: where
// something was written is never lost, only its name.
func (e *Evidence) boundObserved() {
	cut := false
	for i := range e.Files {
		f := &e.Files[i]
		var ok bool
		if f.Path, ok = boundPath(f.Path); !ok {
			f.Folder, f.Access, cut = true, []Access{AccessWrite}, true
			e.Loss.Strings++
		}
		if f.Access == nil {
			f.Access = []Access{}
		}
		e.boundOrigin(f.First)
	}
	if cut {
		e.Files = foldRows(e.Files, fileKeyOf, addFile, maxRunsOf)
	}
	e.Loss.Events += over(&e.Files)
	for i := range e.Sockets {
		e.boundText(&e.Sockets[i].Peer, maxName)
	}
	e.Loss.Events += over(&e.Sockets)
	for i := range e.Identities {
		x := &e.Identities[i]
		e.boundText(&x.Program, maxPath)
		if x.Phases == nil {
			x.Phases = []Phase{}
		}
	}
	e.Loss.Events += over(&e.Identities)
}

// boundPath returns a path that the format holds: absolute, clean, valid UTF-8
// and not too long. It is false when that is the folder above.
func boundPath(p string) (string, bool) {
	if p = path.Clean("/" + p); validPath(p) {
		return p, true
	}
	for !validPath(p) {
		p = path.Dir(p)
	}
	return p, false
}

// validPath tells whether a path is one that the format holds.
func validPath(p string) bool {
	return len(p) <= maxPath && strings.HasPrefix(p, "/") && path.Clean(p) == p &&
		utf8.ValidString(p) && !strings.ContainsAny(p, "\x00\uFFFD")
}

// over cuts a list to what a file may hold and tells how many rows that costs.
func over[R any](rows *[]R) uint64 {
	n := len(*rows) - maxItems
	if n <= 0 {
		return 0
	}
	*rows = (*rows)[:maxItems]
	return uint64(n)
}

package profiles

import (
	"path"
	"strings"
	"unicode/utf8"
)

// boundObserved makes names that a traced program chose fit the format. A path that
// cannot be written down and was changed becomes a write to the folder that it is
// in, of a row without a part: where something was written is never lost, only its
// name. A policy needs the name, so that it counts as a lost path too.
func (e *Evidence) boundObserved() {
	e.boundFiles()
	e.Loss.Paths += over(&e.Files)
	for i := range e.Sockets {
		s := &e.Sockets[i]
		e.boundText(&s.Peer, maxName)
		e.boundText(&s.Name, maxName)
		e.boundPrograms(s.Programs)
		e.boundOrigin(s.First)
	}
	e.Loss.Paths += over(&e.Sockets)
	for i := range e.Contacts {
		c := &e.Contacts[i]
		e.boundText(&c.Peer, maxName)
		e.boundText(&c.Program, maxPath)
		e.boundOrigin(c.First)
	}
	e.Loss.Paths += over(&e.Contacts)
	e.boundMounts()
	e.Loss.Paths += over(&e.Mounts)
	for i := range e.Identities {
		x := &e.Identities[i]
		e.boundText(&x.Program, maxPath)
		if x.Phases == nil {
			x.Phases = []Phase{}
		}
	}
	e.Loss.Events += over(&e.Identities)
	for i := range e.Capabilities {
		e.boundPrograms(e.Capabilities[i].Programs)
	}
}

func (e *Evidence) boundFiles() {
	kept := e.Files[:0]
	cut := false
	for _, f := range e.Files {
		name, ok := boundPath(f.Path)
		target := f.Target
		if target != "" {
			var whole bool
			target, whole = boundPath(target)
			ok = ok && whole
		}
		e.boundText(&f.Program, maxPath)
		e.boundOrigin(f.First)
		if f.Access == nil {
			f.Access = []Access{}
		}
		if ok {
			f.Path, f.Target = name, target
			kept = append(kept, f)
			continue
		}
		e.Loss.Strings++
		if f.Part != "" {
			e.Loss.Paths++
		}
		if f.Part == "" || f.Changes() {
			cut = true
			kept = append(kept, File{
				Path: name, Folder: true, Access: []Access{AccessWrite}, Mount: f.Mount, First: f.First, Runs: f.Runs,
			})
		}
	}
	e.Files = kept
	if cut {
		e.Files = foldRows(e.Files, fileKeyOf, addFile, maxRunsOf)
	}
}

func (e *Evidence) boundMounts() {
	kept := e.Mounts[:0]
	for _, m := range e.Mounts {
		var ok bool
		if m.Path, ok = boundPath(m.Path); !ok {
			e.Loss.Strings++
			e.Loss.Paths++
			continue
		}
		e.boundText(&m.Type, maxName)
		e.boundText(&m.Source, maxPath)
		e.boundText(&m.Program, maxPath)
		m.Options = m.Options[:min(len(m.Options), maxOptions)]
		for i := range m.Options {
			e.boundText(&m.Options[i], maxName)
		}
		e.boundOrigin(m.First)
		kept = append(kept, m)
	}
	e.Mounts = kept
}

func (e *Evidence) boundPrograms(list []string) {
	for i := range list {
		e.boundText(&list[i], maxPath)
	}
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

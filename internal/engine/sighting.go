package engine

import (
	"cmp"
	"iter"
	"strings"

	"golang.org/x/sys/unix"

	"batten/profiles"
)

// Sighting is one thing seen for the first time. Its strings may come from traced
// programs.
type Sighting struct {
	Kind Kind
	// Name is that of a call, a capability or a program; of a file its path; of a socket
	// and a signal what [profiles.Socket] and [profiles.Contact] say of themselves.
	Name string
	Part profiles.Part // "" of what was sampled from outside
	// Detail is the access to a file ("read", "create write"), the kernel's caller of a
	// capability, what a denied call was answered ("EPERM", "killed"); "" else.
	Detail string
	Phase  profiles.Phase   // in which it was first seen
	Origin *profiles.Origin // of the first time; nil when it is not known. Not to be changed
}

// Kind is the sort of thing that is new.
type Kind string

const (
	KindCall       Kind = "call"
	KindCapability Kind = "capability"
	KindDenial     Kind = "denial"
	KindProgram    Kind = "program"
	KindFile       Kind = "file"
	KindSocket     Kind = "socket"
	KindSignal     Kind = "signal" // and the tracing of a process
)

// quietens tells whether a new one ends the quiet by which a service counts as
// started: what a system call filter is made of. Files and peers can be new for ever.
func (k Kind) quietens() bool {
	switch k {
	case KindCall, KindCapability, KindDenial, KindProgram:
		return true
	}
	return false
}

// sightingKey is what makes a sighting another one.
type sightingKey struct {
	kind Kind
	name string
	part profiles.Part
}

func (s Sighting) key() sightingKey { return sightingKey{s.Kind, s.Name, s.Part} }

// row is a sighting whose details are made only if it is new: most are not, four times
// a second.
type row struct {
	Sighting
	phases []profiles.Phase
	detail func() string
}

// settle fills in the details; now is the phase for what does not say its own.
func (r *row) settle(now profiles.Phase) {
	if r.detail != nil {
		r.Detail = r.detail()
	}
	switch {
	case r.Origin != nil && r.Origin.Phase != "":
		r.Phase = r.Origin.Phase
	case len(r.phases) > 0:
		r.Phase = r.phases[0]
	default:
		r.Phase = now
	}
}

// sightings are the rows of a recording that are of the service or of a command
// executed into it.
func sightings(rec profiles.Recording) iter.Seq[row] {
	return func(yield func(row) bool) {
		for s := range allRows(rec) {
			if s.Part != profiles.PartRuntime && !yield(s) {
				return
			}
		}
	}
}

func allRows(rec profiles.Recording) iter.Seq[row] {
	return func(yield func(row) bool) {
		see := func(kind Kind, name string, part profiles.Part, first *profiles.Origin, phases []profiles.Phase, detail func() string) bool {
			return yield(row{Sighting{Kind: kind, Name: name, Part: part, Origin: first}, phases, detail})
		}
		for _, s := range rec.Syscalls {
			if !see(KindCall, s.Name, s.Part, s.First, s.Phases, nil) {
				return
			}
		}
		for _, c := range rec.Capabilities {
			if c.Granted && c.Class != profiles.ClassNoise &&
				!see(KindCapability, c.Name, c.Part, c.First, c.Phases, func() string { return c.Caller }) {
				return
			}
		}
		for _, d := range rec.Denied {
			if !see(KindDenial, d.Name, d.Part, d.First, nil, func() string { return answerOf(d) }) {
				return
			}
		}
		for _, p := range rec.Programs {
			if !see(KindProgram, p.Path, p.Part, p.First, nil, nil) {
				return
			}
		}
		for _, f := range rec.Files {
			if !see(KindFile, f.Path, f.Part, f.First, f.Phases, func() string { return accessWords(f) }) {
				return
			}
		}
		for _, s := range rec.Sockets {
			if !see(KindSocket, s.String(), s.Part, s.First, nil, nil) {
				return
			}
		}
		for _, c := range rec.Contacts {
			if !see(KindSignal, c.String(), c.Part, c.First, nil, nil) {
				return
			}
		}
	}
}

// answerOf is what a denied call was answered.
func answerOf(d profiles.Denial) string {
	if d.Killed || d.Errno == 0 {
		return "killed"
	}
	return cmp.Or(unix.ErrnoName(unix.Errno(d.Errno)), "an error")
}

func accessWords(f profiles.File) string {
	words := make([]string, len(f.Access))
	for i, a := range f.Access {
		words[i] = string(a)
	}
	return strings.Join(words, " ")
}

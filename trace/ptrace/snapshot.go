package ptrace

import (
	"slices"
	"time"

	"batten/profiles"
)

// snapshot returns a copy of what was seen so far, the same one until there is more.
// Only what the tracer still changes is copied; origins, entries and tuples are
// written once.
func (r *recorder) snapshot() (e profiles.Evidence, seconds, quiet uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.end
	if now.IsZero() {
		now = time.Now()
	}
	if !r.changed {
		return r.shared, wholeSeconds(now.Sub(r.begun)), wholeSeconds(now.Sub(r.news))
	}
	if r.main != nil {
		e.Entries = []profiles.Entry{*r.main}
	}
	e.Syscalls = make([]profiles.Syscall, 0, len(r.calls))
	for _, c := range r.calls {
		s := *c
		s.Phases, s.Args = slices.Clone(c.Phases), copyArguments(c.Args)
		e.Syscalls = append(e.Syscalls, s)
	}
	for _, d := range r.denied {
		n := *d
		n.Args = copyArguments(d.Args)
		e.Denied = append(e.Denied, n)
	}
	for _, p := range r.programs {
		e.Programs = append(e.Programs, *p)
	}
	r.observed.fill(&e)
	e.Loss = r.loss
	e.Sort()
	r.shared, r.changed = e, false
	return e, wholeSeconds(now.Sub(r.begun)), wholeSeconds(now.Sub(r.news))
}

func copyArguments(a *profiles.Arguments) *profiles.Arguments {
	if a == nil {
		return nil
	}
	return &profiles.Arguments{Index: a.Index, Values: slices.Clone(a.Values), Complete: a.Complete}
}

func wholeSeconds(d time.Duration) uint64 { return uint64(max(d, 0) / time.Second) }

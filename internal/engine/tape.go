package engine

import (
	"cmp"
	"slices"
	"sort"

	"batten/profiles"
)

// replayed is a session that shows recordings up to a moment.
type replayed struct {
	tapes []*tape
	at    uint64 // milliseconds after the beginning
}

func (r *replayed) Snapshot() ([]profiles.Recording, error) {
	out := make([]profiles.Recording, len(r.tapes))
	for i, t := range r.tapes {
		out[i] = t.until(r.at)
	}
	return out, nil
}

func (r *replayed) SetPhase(string, profiles.Phase) {}

// end is when everything was seen.
func (r *replayed) end() uint64 {
	var out uint64
	for _, t := range r.tapes {
		out = max(out, t.end)
	}
	return out
}

// tape is the recording of one service, its lists in the order in which things were
// seen first.
type tape struct {
	whole profiles.Recording
	times [7][]uint64 // of each list, when its rows were seen
	end   uint64
}

func newTape(p profiles.Profile) *tape {
	t := &tape{whole: profiles.Recording{Schema: profiles.RecordingSchema, Service: p.Service, Evidence: p.Evidence}}
	if len(p.Runs) > 0 {
		t.whole.Run = p.Runs[len(p.Runs)-1]
	}
	e := &t.whole.Evidence
	e.Syscalls, t.times[0] = wind(e.Syscalls, func(s profiles.Syscall) *profiles.Origin { return s.First })
	e.Capabilities, t.times[1] = wind(e.Capabilities, func(c profiles.Capability) *profiles.Origin { return c.First })
	e.Denied, t.times[2] = wind(e.Denied, func(d profiles.Denial) *profiles.Origin { return d.First })
	e.Programs, t.times[3] = wind(e.Programs, func(p profiles.Program) *profiles.Origin { return p.First })
	e.Files, t.times[4] = wind(e.Files, func(f profiles.File) *profiles.Origin { return f.First })
	e.Sockets, t.times[5] = wind(e.Sockets, func(s profiles.Socket) *profiles.Origin { return s.First })
	e.Contacts, t.times[6] = wind(e.Contacts, func(c profiles.Contact) *profiles.Origin { return c.First })
	for _, times := range t.times {
		if len(times) > 0 {
			t.end = max(t.end, times[len(times)-1])
		}
	}
	return t
}

// wind sorts rows by when they were seen first. One that does not say was seen with the
// row before it, or the first that says: lists are sorted so that neighbours are alike.
func wind[T any](rows []T, first func(T) *profiles.Origin) ([]T, []uint64) {
	type timed struct {
		row T
		at  uint64
	}
	all := make([]timed, len(rows))
	var last uint64
	for i := len(rows) - 1; i >= 0; i-- {
		if o := first(rows[i]); o != nil {
			last = o.Offset
		}
	}
	for i, r := range rows {
		if o := first(r); o != nil {
			last = o.Offset
		}
		all[i] = timed{r, last}
	}
	slices.SortStableFunc(all, func(a, b timed) int { return cmp.Compare(a.at, b.at) })
	out, times := make([]T, len(all)), make([]uint64, len(all))
	for i, x := range all {
		out[i], times[i] = x.row, x.at
	}
	return out, times
}

// until is what was seen until a moment. The rows are shared.
func (t *tape) until(at uint64) profiles.Recording {
	n := func(list int) int {
		return sort.Search(len(t.times[list]), func(i int) bool { return t.times[list][i] > at })
	}
	out := t.whole
	e := &out.Evidence
	e.Syscalls, e.Capabilities = e.Syscalls[:n(0)], e.Capabilities[:n(1)]
	e.Denied, e.Programs, e.Files = e.Denied[:n(2)], e.Programs[:n(3)], e.Files[:n(4)]
	e.Sockets, e.Contacts = e.Sockets[:n(5)], e.Contacts[:n(6)]
	if at < t.end {
		e.Loss = profiles.Loss{} // when it was lost nobody knows
	}
	return out
}

// phasesOf are the phases in which services first did something, in the order of time.
// Each is of all services, as they are while one is recorded.
func phasesOf(recorded []profiles.Profile) []phaseAt {
	var all []phaseAt
	add := func(part profiles.Part, o *profiles.Origin) {
		if part == profiles.PartApplication && o != nil && o.Phase != "" {
			all = append(all, phaseAt{o.Offset, o.Phase})
		}
	}
	for _, p := range recorded {
		for _, s := range p.Syscalls {
			add(s.Part, s.First)
		}
		for _, f := range p.Files {
			add(f.Part, f.First)
		}
		for _, c := range p.Capabilities {
			add(c.Part, c.First)
		}
	}
	slices.SortStableFunc(all, func(a, b phaseAt) int { return cmp.Compare(a.at, b.at) })
	return slices.CompactFunc(all, func(a, b phaseAt) bool { return a.phase == b.phase })
}

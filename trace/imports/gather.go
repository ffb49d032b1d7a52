package imports

import (
	"slices"
	"time"

	"batten/profiles"
)

// gathered is the evidence while a log is read.
type gathered struct {
	calls    map[callKey]*profiles.Syscall
	denied   map[callKey]*profiles.Denial
	programs map[programKey]*profiles.Program
	loss     profiles.Loss
	newest   time.Duration // when something new was last seen
}

type callKey struct {
	name string
	arch profiles.Arch
	part profiles.Part
}

type programKey struct {
	path string
	part profiles.Part
}

// maxPrograms bounds the files of one log; a hostile program could make up names
// for ever.
const maxPrograms = 10000

func newGathered() *gathered {
	return &gathered{
		calls: map[callKey]*profiles.Syscall{}, denied: map[callKey]*profiles.Denial{}, programs: map[programKey]*profiles.Program{},
	}
}

// call notes a call and returns its row. The origin is only made when the call is
// new.
func (g *gathered) call(k callKey, now time.Duration, origin func() *profiles.Origin) *profiles.Syscall {
	row, ok := g.calls[k]
	if !ok {
		row = &profiles.Syscall{Name: k.name, Arch: k.arch, Part: k.part, Phases: []profiles.Phase{}, First: origin(), Runs: 1}
		if k.part == profiles.PartRuntime {
			row.Phases = []profiles.Phase{profiles.PhaseRuntime}
		}
		g.calls[k] = row
		g.newest = max(g.newest, now)
		g.loss.IOURing = g.loss.IOURing || k.name == "io_uring_setup"
	}
	return row
}

// arguments adds a tuple to a row; known is false when the log does not have it
// in a form that can be read, and the row is then not complete.
func (g *gathered) arguments(row *profiles.Syscall, spec profiles.ArgumentSpec, values []uint64, known bool, now time.Duration) {
	a := row.Args
	if a == nil {
		a = &profiles.Arguments{Index: slices.Clone(spec.Index), Values: [][]uint64{}, Complete: true}
		row.Args = a
	}
	if !known {
		a.Complete = false
		return
	}
	if slices.ContainsFunc(a.Values, func(v []uint64) bool { return slices.Equal(v, values) }) {
		return
	}
	if len(a.Values) == profiles.MaxArgumentTuples {
		a.Complete = false
		return
	}
	a.Values = append(a.Values, values)
	g.newest = max(g.newest, now)
}

func (g *gathered) program(k programKey, now time.Duration, origin *profiles.Origin) {
	if g.programs[k] != nil {
		return
	}
	if len(g.programs) == maxPrograms {
		g.loss.Events++
		return
	}
	g.programs[k] = &profiles.Program{Path: k.path, Part: k.part, First: origin, Runs: 1}
	g.newest = max(g.newest, now)
}

func (g *gathered) deny(k callKey, killed bool, origin *profiles.Origin) {
	if d := g.denied[k]; d != nil {
		d.Killed = d.Killed || killed
		return
	}
	g.denied[k] = &profiles.Denial{Name: k.name, Arch: k.arch, Part: k.part, Killed: killed, First: origin, Runs: 1}
}

// evidence returns what was gathered, sorted. A row of which no argument could be
// read has none.
func (g *gathered) evidence() profiles.Evidence {
	e := profiles.Evidence{Syscalls: []profiles.Syscall{}, Loss: g.loss}
	for _, s := range g.calls {
		if s.Args != nil && len(s.Args.Values) == 0 {
			s.Args = nil
		}
		e.Syscalls = append(e.Syscalls, *s)
	}
	for _, d := range g.denied {
		e.Denied = append(e.Denied, *d)
	}
	for _, p := range g.programs {
		e.Programs = append(e.Programs, *p)
	}
	e.Sort()
	return e
}

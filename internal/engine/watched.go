package engine

import (
	"slices"

	"batten/profiles"
)

// watched is what was seen of one service so far.
type watched struct {
	name  string
	seen  map[sightingKey]bool
	names map[sightingKey]bool // the same without the part, which is what is counted
	count map[Kind]int
	fresh []Sighting
	last  []profiles.Recording
}

func newWatched(name string) *watched {
	return &watched{name: name, seen: map[sightingKey]bool{}, names: map[sightingKey]bool{}, count: map[Kind]int{}}
}

// add takes what a recording has that was not seen before. It tells whether a profile
// of system calls and capabilities would be another one: a service that reads one new
// file after the other is quiet all the same.
func (w *watched) add(rec profiles.Recording, now profiles.Phase) (news bool) {
	for s := range sightings(rec) {
		key := s.key()
		if w.seen[key] {
			continue
		}
		w.seen[key] = true
		s.settle(now)
		w.fresh = append(w.fresh, s.Sighting)
		news = news || s.Kind.quietens()
		if key.part = ""; !w.names[key] {
			w.names[key] = true
			w.count[s.Kind]++
		}
	}
	return news
}

// progress is how the service stands, with what is new since the last time.
func (w *watched) progress() ServiceProgress {
	s := ServiceProgress{
		Service: w.name, Calls: w.count[KindCall], Capabilities: w.count[KindCapability], Denied: w.count[KindDenial],
		Programs: w.count[KindProgram], Files: w.count[KindFile], Sockets: w.count[KindSocket], New: w.fresh,
	}
	w.fresh = nil
	for _, rec := range w.last {
		s.Lost = s.Lost || !rec.Loss.Complete()
		for _, text := range losses(rec) {
			if !slices.Contains(s.Losses, text) {
				s.Losses = append(s.Losses, text)
			}
		}
	}
	return s
}

// losses are the gaps that a recording has for what its tracer lost.
func losses(rec profiles.Recording) []string {
	if rec.Loss == (profiles.Loss{}) {
		return nil
	}
	p := profiles.Profile{Runs: []profiles.Run{rec.Run}}
	without := p.Gaps()
	p.Loss = rec.Loss
	var out []string
	for _, g := range p.Gaps() {
		if !slices.Contains(without, g) {
			out = append(out, g.Text)
		}
	}
	return out
}

// size grows whenever something was seen that a profile depends on.
func (w *watched) size() int {
	n := len(w.seen)
	for _, rec := range w.last {
		n += len(rec.Sockets) + len(rec.Identities)
		for _, s := range rec.Syscalls {
			n += len(s.Phases)
			if s.Args != nil {
				n += len(s.Args.Values)
			}
		}
	}
	return n
}

package sample

import (
	"context"
	"os"
	"sync"
	"time"

	"batten/profiles"
)

// Sampler reads targets at intervals. Its methods may be called from several
// goroutines.
type Sampler struct {
	root    root
	network string // the sampler's own network namespace

	mu      sync.Mutex
	targets map[string]*followed
	phase   map[string]profiles.Phase
}

// followed is one target and what was seen of it.
type followed struct {
	Target
	started    string // of the first process: its id may be given to another later
	gone       bool
	groups     groups
	network    string
	uids, gids []span

	readings   int
	memory     memory
	cpu        cpu
	sockets    sockets
	identities identities
	processes  uint64
	files      uint64
}

// New makes a sampler of the machine whose proc and sys are below a folder: "/".
func New(folder string) *Sampler {
	s := &Sampler{root: root(folder), targets: map[string]*followed{}, phase: map[string]profiles.Phase{}}
	s.network = s.root.link(os.Getpid(), "ns", "net")
	if s.network == "" { // another machine's files
		s.network = s.root.link(1, "ns", "net")
	}
	return s
}

// Follow begins to follow a target. One of a known key continues that: it is the
// same service with another first process. It is false when there is no such
// process.
func (s *Sampler) Follow(t Target) bool {
	first, ok := s.root.process(t.PID)
	if !ok {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, known := s.targets[t.Key]
	if !known {
		f = &followed{sockets: newSockets(), identities: identities{}}
		s.targets[t.Key] = f
	}
	f.Target, f.started, f.gone = t, first.started, false
	f.groups = nil
	if t.Group {
		f.groups = s.root.find(t.PID)
	}
	f.network = s.root.link(t.PID, "ns", "net")
	f.uids, f.gids = parseSpans(s.root.proc(t.PID, "uid_map")), parseSpans(s.root.proc(t.PID, "gid_map"))
	return true
}

// Follows tells whether a target is followed and was there at the last reading.
func (s *Sampler) Follows(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.targets[key]
	return ok && !f.gone
}

// SetPhase says in which phase of its life a target is; key "" means all.
func (s *Sampler) SetPhase(key string, phase profiles.Phase) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if key == "" {
		clear(s.phase)
	}
	s.phase[key] = phase
}

// Run samples until ctx ends, and once more then.
func (s *Sampler) Run(ctx context.Context, every time.Duration) {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		select {
		case now := <-ticks.C:
			s.Sample(now)
		case <-ctx.Done():
			s.Sample(time.Now())
			return
		}
	}
}

// Sample reads every target once. Times only serve to measure the use of
// processors between two calls.
func (s *Sampler) Sample(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all map[int]process
	for _, f := range s.targets {
		if f.gone {
			continue
		}
		if first, ok := s.root.process(f.PID); !ok || first.started != f.started {
			f.gone = true
			continue
		}
		if all == nil && !f.Group {
			all = s.root.processes()
		}
		s.read(f, all, now)
	}
}

// Seen returns what was seen of a target; false when it was never there.
func (s *Sampler) Seen(key string) (Seen, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.targets[key]
	if !ok || f.readings == 0 {
		return Seen{}, false
	}
	return Seen{
		Listening: sorted(f.sockets.listening), Reached: sorted(f.sockets.reached), Accepted: sorted(f.sockets.accepted),
		Identities: f.identities.sorted(), Readings: f.readings,
		Resources: profiles.Resources{
			MemoryBytes: f.memory.bytes(), Processes: f.processes, OpenFiles: f.files, MilliCPU: f.cpu.milli(),
		},
	}, true
}

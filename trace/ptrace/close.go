package ptrace

import (
	"time"

	"batten/profiles"
)

// Close implements [trace.Session]. Commands traced through seccomp stay
// attached, unrecorded, until they end; see [SeccompTrace].
func (s *session) Close() ([]profiles.Recording, error) {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	s.mu.Unlock()
	if first {
		s.leave()
	}
	return s.Snapshot()
}

// leave freezes the recordings and detaches.
func (s *session) leave() {
	targets := s.all()
	for _, t := range targets {
		t.rec.freeze()
	}
	s.loop.do(s.loop.leave)
	select {
	case <-s.loop.left:
	case <-s.loop.ended:
	case <-time.After(leaveTime):
		s.loop.do(s.loop.quit)
	}
	for _, t := range targets {
		if t.proc != nil && !t.seccomp && !s.reaped(t) {
			// It is batten's child and runs on: reap it when it ends.
			go func() { _, _ = t.proc.Wait() }()
		}
	}
}

// reaped tells whether the tracer took the exit status of a command.
func (s *session) reaped(t *target) bool {
	reaped := false
	if !s.loop.do(func() { reaped = t.reaped }) {
		reaped = t.reaped // the thread is gone, nobody writes any more
	}
	return reaped
}

// abort undoes a start that failed: what it started is killed.
func (s *session) abort() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.loop.do(func() {
		for _, t := range s.loop.targets {
			s.loop.kill(t)
		}
	})
	s.leave()
	for _, t := range s.all() {
		if t.proc != nil {
			t.proc.Abandon() // closes what a release has not
		}
	}
}

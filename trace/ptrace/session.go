package ptrace

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"batten/profiles"
	"batten/trace"
)

var (
	errEnded      = errors.New("the trace has ended")
	errNoCallInfo = errors.New("the kernel lacks PTRACE_GET_SYSCALL_INFO, which came with Linux 5.3")
)

const (
	// leaveTime is how long Close waits until each thread has stopped once, so that
	// it can be detached. Whatever has not stopped by then is detached by the kernel
	// when the tracer thread ends.
	leaveTime = 2 * time.Second
	// drainTime bounds the wait for the rest of a command's output, which a
	// process that escaped the trace could hold open.
	drainTime = 2 * time.Second
)

// session implements [trace.Session].
type session struct {
	options Options
	loop    *loop
	kernel  string
	exited  chan struct{}

	mu      sync.Mutex // guards targets and the order of Add and Close
	targets []*target
	closed  bool
}

func newSession(o Options) (*session, error) {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return nil, fmt.Errorf("read kernel version: %w", err)
	}
	l, err := startLoop(o.Judge)
	if err != nil {
		return nil, fmt.Errorf("start tracer thread: %w", err)
	}
	s := &session{options: o, loop: l, kernel: unix.ByteSliceToString(u.Release[:]), exited: make(chan struct{})}
	go s.awaitEnd()
	return s, nil
}

// awaitEnd closes exited when nothing traced is left and all output has been
// copied. It ends with the tracer thread at the latest.
func (s *session) awaitEnd() {
	select {
	case <-s.loop.gone:
	case <-s.loop.ended:
		select {
		case <-s.loop.gone:
		default:
			return
		}
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for _, t := range s.all() {
			if t.proc != nil {
				t.proc.Drain()
			}
		}
	}()
	select {
	case <-drained:
	case <-time.After(drainTime):
	}
	close(s.exited)
}

func (s *session) start(ctx context.Context, targets []trace.Target) error {
	var ready []*target
	for _, spec := range targets {
		if err := ctx.Err(); err != nil {
			return err
		}
		t, err := s.prepare(ctx, spec)
		if err != nil {
			return err
		}
		ready = append(ready, t)
	}
	for _, t := range ready {
		if t.proc == nil {
			continue
		}
		if err := s.release(ctx, t); err != nil {
			return err
		}
	}
	s.loop.do(func() { s.loop.armed = len(targets) > 0 })
	return nil
}

// Add implements [trace.Session].
func (s *session) Add(spec trace.Target) error {
	t, err := s.prepare(context.Background(), spec)
	if err == nil && t.proc != nil {
		if err = s.release(context.Background(), t); err != nil {
			s.drop(t)
		}
	}
	if err != nil {
		return fmt.Errorf("add target: %w", err)
	}
	s.loop.do(func() { s.loop.armed = true })
	return nil
}

func (s *session) all() []*target {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*target(nil), s.targets...)
}

// SetPhase implements [trace.Session].
func (s *session) SetPhase(service string, phase profiles.Phase) {
	for _, t := range s.all() {
		if service == "" || t.spec.Service.Name == service {
			t.rec.setPhase(phase)
		}
	}
}

// Snapshot implements [trace.Session].
func (s *session) Snapshot() ([]profiles.Recording, error) {
	var out []profiles.Recording
	for _, t := range s.all() {
		out = append(out, t.recording(s.loop.arches.native(), s.kernel))
	}
	return out, nil
}

func (t *target) recording(arch profiles.Arch, kernel string) profiles.Recording {
	r := profiles.Recording{Schema: profiles.RecordingSchema, Service: t.spec.Service, Run: t.spec.Run}
	r.Run.Backend = "ptrace"
	if t.seccomp {
		r.Run.Backend = "ptrace/seccomp"
	}
	r.Run.Arch, r.Run.Kernel = arch, kernel
	if !t.rec.observed.off {
		r.Run.Files = profiles.FilesPtrace
	}
	r.Evidence, r.Run.Seconds, r.Run.QuietFor = t.rec.snapshot()
	return r
}

// Exited implements [trace.Session]. After Close it may stay open: what was
// detached is no longer watched.
func (s *session) Exited() <-chan struct{} { return s.exited }

// ExitCode implements [trace.Session].
func (s *session) ExitCode() int {
	for _, t := range s.all() {
		if t.proc != nil {
			return int(t.code.Load())
		}
	}
	return 0
}

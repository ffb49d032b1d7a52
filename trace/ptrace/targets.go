package ptrace

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"batten/profiles"
	"batten/trace"
)

// joinTime is how long Start waits until each thread of a running process has
// stopped once. One that sleeps uninterruptibly stops when it wakes up.
const joinTime = time.Second

// prepare attaches to one target; a command does not run yet.
func (s *session) prepare(ctx context.Context, spec trace.Target) (*target, error) {
	select {
	case <-s.loop.gone:
		return nil, errEnded
	default:
	}
	var t *target
	var err error
	switch {
	case spec.Container != "" && spec.Command == nil && spec.PID == 0:
		return nil, fmt.Errorf("trace container: %w: ptrace follows commands and processes, not containers; "+
			"use the ebpf backend", trace.ErrUnsupported)
	case spec.Command != nil && spec.Container == "" && spec.PID == 0:
		t, err = s.prepareCommand(spec)
	case spec.PID > 0 && spec.Container == "" && spec.Command == nil:
		t, err = s.attach(ctx, spec)
	default:
		return nil, errors.New("choose target: exactly one of container, command and process must be given")
	}
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		s.discard(t)
		return nil, errEnded
	}
	s.targets = append(s.targets, t)
	return t, nil
}

// attach seizes a running process.
func (s *session) attach(ctx context.Context, spec trace.Target) (*target, error) {
	st, err := readStatus(strconv.Itoa(spec.PID))
	switch {
	case err != nil, st.dead():
		return nil, fmt.Errorf("attach to process %d: %w", spec.PID, trace.ErrNoTarget)
	case st.tgid != spec.PID:
		return nil, fmt.Errorf("attach to process %d: %w: it is a thread of process %d", spec.PID, trace.ErrNoTarget, st.tgid)
	case spec.PID == unix.Getpid():
		return nil, fmt.Errorf("attach to process %d: %w: batten cannot trace itself", spec.PID, trace.ErrUnsupported)
	}
	t := s.newTarget(spec, spec.PID, profiles.PhaseSteady)
	if t.spec.Service.Kind == "" {
		t.spec.Service.Kind = profiles.KindProcess
	}
	t.spec.Run.StartupSeen = false
	t.spec.Run.NoNewPrivileges = st.noNewPrivs
	if t.spec.Run.Seccomp == "" {
		t.spec.Run.Seccomp = profiles.SeccompUnconfined
		if st.seccompMode != 0 {
			t.spec.Run.Seccomp = profiles.SeccompUnknown
		}
	}
	if !s.loop.do(func() { err = s.loop.attachTree(t) }) {
		return nil, errEnded
	}
	if err != nil {
		s.drop(t)
		return nil, err
	}
	select {
	case <-t.ready:
	case <-time.After(joinTime):
	case <-s.loop.ended:
		return nil, errEnded
	case <-ctx.Done():
		s.drop(t)
		return nil, fmt.Errorf("attach to process %d: %w", spec.PID, ctx.Err())
	}
	return t, nil
}

func (s *session) newTarget(spec trace.Target, root int, phase profiles.Phase) *target {
	native := s.loop.arches.native()
	return &target{spec: spec, root: root, rec: newRecorder(native, phase, s.options.NoFiles), ready: make(chan struct{})}
}

// drop gives up one target: a command is killed, a running process detached.
func (s *session) drop(t *target) {
	t.rec.freeze()
	s.loop.do(func() {
		s.loop.kill(t)
		s.loop.detachTarget(t)
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.targets {
		if s.targets[i] == t {
			s.targets = append(s.targets[:i:i], s.targets[i+1:]...)
			return
		}
	}
}

package ptrace

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"

	"batten/internal/launch"
	"batten/profiles"
	"batten/trace"
)

// traceAll is a filter of one instruction: it answers every call, of whatever
// architecture, with SECCOMP_RET_TRACE.
var traceAll = []syscall.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_TRACE}}

// seccompFor decides whether a command is traced through [traceAll], and whether
// no_new_privs must be set for it.
func (o Options) seccompFor(c *launch.Command, self procStatus) (use, noNewPrivs bool) {
	if o.SeccompTrace == SeccompOff || o.Judge != nil || len(c.Filter) > 0 {
		return false, false
	}
	// The starter loads the filter after it has changed the user.
	admin := self.effective&(1<<unix.CAP_SYS_ADMIN) != 0 && (c.Credential == nil || c.Credential.Uid == 0)
	switch {
	case c.NoNewPrivileges || admin:
		return true, false
	case o.SeccompTrace == SeccompOn, self.effective&(1<<unix.CAP_SYS_PTRACE) == 0:
		return true, true
	}
	return false, false
}

// prepareCommand starts the starter and seizes it. The command does not run yet.
func (s *session) prepareCommand(spec trace.Target) (*target, error) {
	c := *spec.Command // the caller's stays as it is
	self, err := readStatus("self")
	if err != nil {
		return nil, fmt.Errorf("read own status: %w", err)
	}
	use, noNewPrivs := s.options.seccompFor(&c, self)
	if use {
		c.Filter, c.FilterFlags = traceAll, 0
		c.NoNewPrivileges = c.NoNewPrivileges || noNewPrivs
	}
	proc, err := launch.Prepare(&c)
	if err != nil {
		return nil, err
	}
	t := s.newTarget(spec, proc.PID, profiles.PhaseStartup)
	t.proc, t.seccomp = proc, use
	describeCommand(&t.spec, &c, use)
	var attachErr error
	if !s.loop.do(func() { attachErr = s.loop.attachStarter(t) }) {
		attachErr = errEnded
	}
	if attachErr != nil {
		s.discard(t)
		return nil, attachErr
	}
	return t, nil
}

// discard ends a command that was never released. The tracer may be reaping it
// too; whoever comes second finds nothing.
func (s *session) discard(t *target) {
	if t.proc == nil {
		return
	}
	t.proc.Abandon()
	go func() { _, _ = t.proc.Wait() }()
}

// describeCommand fills in the conditions that the tracer made itself.
func describeCommand(spec *trace.Target, c *launch.Command, seccomp bool) {
	if spec.Service.Kind == "" {
		spec.Service.Kind = profiles.KindCommand
	}
	spec.Run.StartupSeen = true
	spec.Run.NoNewPrivileges = spec.Run.NoNewPrivileges || c.NoNewPrivileges
	if spec.Run.Seccomp == "" {
		switch {
		case seccomp:
			spec.Run.Seccomp = profiles.SeccompRecord
		case len(c.Filter) > 0:
			spec.Run.Seccomp = profiles.SeccompCustom
		default:
			spec.Run.Seccomp = profiles.SeccompUnconfined
		}
	}
}

// release lets a prepared command run and returns when its program does.
func (s *session) release(ctx context.Context, t *target) error {
	cancel := context.AfterFunc(ctx, func() { s.loop.do(func() { s.loop.kill(t) }) })
	err := t.proc.Release()
	if err == nil {
		err = t.proc.Executed()
	}
	if err == nil {
		select {
		case <-t.ready:
		case <-s.loop.ended:
		}
	}
	if !cancel() {
		return fmt.Errorf("start command: %w", ctx.Err())
	}
	if err != nil {
		return err
	}
	started, failure := false, errEnded
	s.loop.do(func() { started, failure = t.started, s.loop.failure })
	switch {
	case failure != nil:
		return failure
	case !started:
		return errors.New("start command: it was killed before its program ran")
	}
	return nil
}

// Package ptrace traces commands and running processes through ptrace(2). It
// needs no privilege for what the user may debug, and it is the backend of last
// resort: every call of the traced program stops it.
//
// Files, sockets and what is done to other processes are read from the arguments of
// calls while the thread stands still before them, with names resolved as it would
// resolve them, and noted when the call has succeeded. Another thread of the same
// process may still change a name in memory, or move a folder, in between.
//
// What it cannot see: capability checks, operations of io_uring, containers, and
// processes made with CLONE_UNTRACED; of files those that were open when a running
// process was attached to, those that were sent through a socket, and what calls of
// a second calling convention do (Loss.Paths counts them). Without [Options.Judge] it cannot tell a
// call that a seccomp filter refuses from one that is let through, because the
// kernel reports a call to a tracer before it asks the filter (since Linux 4.8,
// seccomp(2)).
//
// Invariants. One operating-system thread makes all ptrace calls of a session and
// waits for nobody else's children. What is traced goes on when the session is
// closed or batten dies; [SeccompTrace] has the one exception.
package ptrace

import (
	"context"
	"fmt"

	"batten/profiles"
	"batten/trace"
)

// SeccompTrace says whether commands are traced through a seccomp filter that
// answers every call with SECCOMP_RET_TRACE. A call then stops the command once
// instead of twice (on entry and on exit).
//
// The price: when no tracer is there, such a filter answers every call with
// ENOSYS (seccomp(2)), and no filter can be taken away. So a command traced this
// way is killed by the kernel when batten dies, and after [trace.Session.Close]
// it stays attached, unrecorded, until it ends. It also sees that a filter is
// loaded. Running processes are never traced this way.
type SeccompTrace int

const (
	// SeccompAuto uses the filter for commands whenever it changes nothing else:
	// when it may be loaded with the privileges that the command has, or when
	// batten has no privileges, so that the kernel ignores set-user-ID bits of a
	// traced program anyway (execve(2)) and no_new_privs takes nothing away.
	SeccompAuto SeccompTrace = iota
	// SeccompOff never uses it: commands survive batten.
	SeccompOff
	// SeccompOn uses it for every command, and sets no_new_privs where loading
	// a filter asks for it.
	SeccompOn
)

// Judge tells what the filter under which a traced command runs does with a
// call. The arguments are those of struct seccomp_data; nr carries bit 30 for x32.
// errno is what the caller gets, 0 if none. It is called on the tracer's thread
// while the traced thread is stopped, so it must not block.
type Judge func(arch profiles.Arch, nr int32, ip uint64, args [6]uint64) (errno int, denied, killed bool)

// Options adjust a tracer. The zero value is the default.
type Options struct {
	// SeccompTrace is ignored for a command that has a filter of its own, and
	// with a Judge: both see calls before the filter does.
	SeccompTrace SeccompTrace
	// Judge, if set, sorts calls into let through and denied. It applies to every
	// target of the tracer.
	Judge Judge
	// NoFiles leaves out files, sockets, contacts and mounts. They cost a second stop
	// for each call that touches one, and some look-ups.
	NoFiles bool
}

// Tracer starts sessions. It keeps no state.
type Tracer struct {
	options Options
}

// New returns a tracer.
func New(o Options) *Tracer { return &Tracer{options: o} }

// Name implements [trace.Tracer].
func (t *Tracer) Name() string { return "ptrace" }

// Start implements [trace.Tracer]. When it fails, the commands among the targets
// do not run, or no longer.
func (t *Tracer) Start(ctx context.Context, targets []trace.Target) (trace.Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("start ptrace: %w", err)
	}
	s, err := newSession(t.options)
	if err != nil {
		return nil, fmt.Errorf("start ptrace: %w", err)
	}
	if err := s.start(ctx, targets); err != nil {
		s.abort()
		return nil, fmt.Errorf("start ptrace: %w", err)
	}
	return s, nil
}

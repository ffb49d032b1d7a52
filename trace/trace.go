// Package trace records what services do. It has one interface, [Tracer], and
// one package for each way of tracing: ebpf, ptrace, and imports for what other
// tools recorded.
//
// Invariant: a tracer never stops, slows to a halt or kills what it watches when
// batten itself goes away, and says in the recording's Loss what it missed.
package trace

import (
	"context"
	"errors"

	"batten/internal/launch"
	"batten/profiles"
)

// Errors that callers branch on.
var (
	// ErrUnsupported means that this machine or user cannot use the backend; the
	// text says what is missing.
	ErrUnsupported = errors.New("backend not usable here")
	// ErrNoTarget means that the process or container does not exist.
	ErrNoTarget = errors.New("no such target")
)

// Target is one service to record. Exactly one of Container, Command and PID is
// set.
type Target struct {
	Service profiles.Service
	// Run holds the conditions that the caller knows (engine, runtime,
	// no-new-privileges, seccomp setting, whether the start is seen). Tracers fill
	// in Backend, Arch, Kernel, Seconds and QuietFor.
	Run profiles.Run

	Container string          // full container id, 64 hexadecimal digits
	Command   *launch.Command // started by the tracer
	PID       int             // a running process; its threads and descendants belong to it

	// HealthCheck is the argument vector of the container's health check, so that
	// its entries are told from other executed commands.
	HealthCheck []string
}

// Tracer is one way of tracing.
type Tracer interface {
	// Name is the backend's name as recordings carry it: "ebpf", "ptrace".
	Name() string
	// Start begins to record. Targets that are commands are started by it. The
	// session is the caller's to close; cancelling ctx only bounds Start.
	Start(ctx context.Context, targets []Target) (Session, error)
}

// Session is a running trace. Its methods may be called from several goroutines.
type Session interface {
	// Add adds a target to the running trace. For a container that started after
	// the session did, nothing of its life is missing.
	Add(Target) error
	// SetPhase tells that a service entered a phase; "" means every service.
	SetPhase(service string, phase profiles.Phase)
	// Snapshot returns what was seen so far, one recording a target, in the order
	// of the targets. Cheap enough for ten calls a second: as long as nothing new
	// is seen, recordings share their evidence, so callers must not change it.
	Snapshot() ([]profiles.Recording, error)
	// Exited is closed when every command target, with its descendants, and every
	// traced process has exited. It never closes while containers are targets.
	Exited() <-chan struct{}
	// ExitCode is the exit status of the first command target, valid once Exited
	// is closed: 128+N when signal N killed it.
	ExitCode() int
	// Close stops tracing, leaves what was traced running, and returns the final
	// recordings.
	Close() ([]profiles.Recording, error)
}

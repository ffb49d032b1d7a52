package engine

import (
	"context"
	"sync/atomic"
	"time"

	"batten/internal/launch"
	"batten/profiles"
	"batten/trace"

	"golang.org/x/sys/unix"
)

// commandSubject is a command that the tracer starts.
type commandSubject struct {
	request TraceRequest
	name    string
	before  map[int]bool // children of batten before the command started
	session trace.Session
	child   []int
	hurried atomic.Bool
}

// hurry makes ending quick: the command is killed.
func (c *commandSubject) hurry() { c.hurried.Store(true) }

func (c *commandSubject) prepare(context.Context) ([]trace.Target, error) {
	c.before = map[int]bool{}
	for _, pid := range children() {
		c.before[pid] = true
	}
	r := c.request
	filter, nnp := conditionsOf("self")
	return []trace.Target{{
		Service: profiles.Service{Name: c.name, Kind: profiles.KindCommand, Command: profiles.RedactArgs(r.Command)},
		Run: profiles.Run{
			NoNewPrivileges: nnp || r.NNP == SettingOn, Seccomp: filter, StartupSeen: true, Workload: profiles.RedactText(r.Workload),
		},
		Command: &launch.Command{
			Args: r.Command, Stdin: r.Stdin, Stdout: r.Stdout, Stderr: r.Stderr, NoNewPrivileges: r.NNP == SettingOn,
		},
	}}, nil
}

func (c *commandSubject) begin(_ context.Context, s trace.Session) error {
	c.session = s
	for _, pid := range children() {
		if !c.before[pid] {
			c.child = append(c.child, pid)
		}
	}
	return nil
}

func (c *commandSubject) ready(context.Context) (bool, bool) { return false, false }
func (c *commandSubject) done() <-chan struct{}              { return nil }
func (c *commandSubject) Close() error                       { return nil }

// How long a command may take to end, by itself after an interrupt that the
// terminal sent to it too, and after it was asked to.
const (
	selfGrace = 700 * time.Millisecond
	termGrace = 10 * time.Second
)

// end waits a moment, because the terminal sends an interrupt to the command too,
// and then asks it to stop.
func (c *commandSubject) end(ctx context.Context) error {
	if !c.hurried.Load() && exitedWithin(ctx, c.session, selfGrace) {
		return nil
	}
	return c.terminate(ctx)
}

// terminate asks the command to stop, as an engine asks a container.
func (c *commandSubject) terminate(ctx context.Context) error {
	if !c.hurried.Load() {
		for _, pid := range c.child {
			_ = unix.Kill(pid, unix.SIGTERM)
		}
		if exitedWithin(ctx, c.session, termGrace) {
			return nil
		}
	}
	for _, pid := range c.child {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
	exitedWithin(ctx, c.session, time.Second)
	return nil
}

func exitedWithin(ctx context.Context, s trace.Session, d time.Duration) bool {
	select {
	case <-s.Exited():
		return true
	case <-ctx.Done():
	case <-time.After(d):
	}
	return false
}

package vm

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"syscall"
	"testing"
	"time"

	"batten/internal/vm/wire"
)

// Command is what the guest runs, as root, in a session of its own.
type Command struct {
	Args    []string // a program, looked for in PATH, and its arguments
	Env     []string // NAME=VALUE, beyond the guest's own
	Dir     string   // empty is the root
	Stdin   []byte   // nil is nothing
	Timeout time.Duration
	// Output is also given what the command writes, as it does.
	Output io.Writer
}

// defaultTimeout is how long a command may run that does not say; emulated
// processors are slow.
const defaultTimeout = 2 * time.Minute

// Result is how a command ended.
type Result struct {
	Status int    // exit status, or 128 and the number of the signal that ended it
	Output string // of both streams, as it came
	Stdout string
}

// Running is a command in the background.
type Running struct {
	m  *Machine
	id uint32
	r  *request

	mu       sync.Mutex
	all, out bytes.Buffer
}

// Begin starts a command that goes on until it ends, it is told to, or the machine
// ends. Its time limit does not count.
func (m *Machine) Begin(t testing.TB, c Command) *Running {
	t.Helper()
	r, err := m.start(c)
	if err != nil {
		t.Fatalf("run %q: %v", c.Args, err)
	}
	return r
}

func (m *Machine) start(c Command) (*Running, error) {
	run := &Running{m: m}
	var err error
	run.id, run.r, err = m.begin(wire.Message{
		Kind: wire.Run, Command: &wire.Command{Args: c.Args, Env: c.Env, Dir: c.Dir, Stdin: c.Stdin},
	}, func(o wire.Message) {
		run.mu.Lock()
		defer run.mu.Unlock()
		run.all.Write(o.Data)
		if o.Status == syscall.Stdout {
			run.out.Write(o.Data)
		}
		if c.Output != nil {
			_, _ = c.Output.Write(o.Data)
		}
	})
	return run, err
}

// Output is what the command has written so far.
func (r *Running) Output() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all.String()
}

// Signal sends a signal to the command and the processes of its group.
func (r *Running) Signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := r.m.send(wire.Message{Kind: wire.Signal, ID: r.id, Status: int(s)}); err != nil {
		t.Fatalf("send %v: %v", s, err)
	}
}

// Wait waits for the command's end, and for that of all that hold its output.
func (r *Running) Wait(t testing.TB) Result {
	t.Helper()
	result, err := r.wait(t.Context())
	if err != nil {
		t.Fatalf("wait for command: %v", err)
	}
	return result
}

func (r *Running) wait(ctx context.Context) (Result, error) {
	d, err := r.m.wait(ctx, r.r)
	r.mu.Lock()
	defer r.mu.Unlock()
	return Result{Status: d.Status, Output: r.all.String(), Stdout: r.out.String()}, err
}

// Run runs a command to its end. That it fails is a result like any other; the test
// fails when it cannot be started, takes too long or the machine ends.
func (m *Machine) Run(t testing.TB, c Command) Result {
	t.Helper()
	result, err := m.run(t.Context(), c)
	if err != nil {
		t.Fatalf("run %q: %v\n%s", c.Args, err, result.Output)
	}
	return result
}

// run returns what the command had written also when it fails.
func (m *Machine) run(ctx context.Context, c Command) (Result, error) {
	limit := c.Timeout
	if limit == 0 {
		limit = defaultTimeout
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("it ran longer than %v", limit))
	defer cancel()
	r, err := m.start(c)
	if err != nil {
		return Result{}, err
	}
	result, err := r.wait(ctx)
	if ctx.Err() != nil {
		_ = m.send(wire.Message{Kind: wire.Signal, ID: r.id, Status: int(syscall.SIGKILL)})
	}
	return result, err
}

// Shell runs a script that must succeed, and returns what it wrote to its standard
// output.
func (m *Machine) Shell(t testing.TB, script string) string {
	t.Helper()
	r := m.Run(t, Command{Args: []string{"bash", "-euo", "pipefail", "-c", script}})
	if r.Status != 0 {
		t.Fatalf("%s\nexit status %d:\n%s", script, r.Status, r.Output)
	}
	return r.Stdout
}

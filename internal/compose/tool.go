// Package compose drives the compose program that is installed, to start and
// stop the services of a project under settings of batten's own.
//
// Invariants. The user's files are read by the program and never changed: what
// batten sets stands in an override file in a temporary folder. Arguments are
// passed as a vector, never through a shell. The program runs in a process group
// of its own, so that an interrupt of batten does not end it half way.
package compose

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// ErrNoTool means that neither docker compose nor docker-compose is installed.
var ErrNoTool = errors.New("no compose program")

// Tool is the compose program found.
type Tool struct {
	Argv    []string // "docker compose" or "docker-compose", with full path
	Version string
	// Classic is true for the 1.x program, which sorts merged lists and reads
	// paths of seccomp profiles relative to the folder that it is called in.
	Classic bool
}

// Find looks for docker compose, then for docker-compose.
func Find(ctx context.Context) (Tool, error) {
	for _, argv := range [][]string{{"docker", "compose"}, {"docker-compose"}} {
		path, err := exec.LookPath(argv[0])
		if err != nil {
			continue
		}
		argv[0] = path
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		out, err := exec.CommandContext(ctx, path, append(argv[1:len(argv):len(argv)], "version", "--short")...).Output()
		cancel()
		if err != nil {
			continue
		}
		version := strings.TrimPrefix(strings.TrimSpace(string(out)), "v")
		return Tool{Argv: argv, Version: version, Classic: strings.HasPrefix(version, "1.")}, nil
	}
	return Tool{}, ErrNoTool
}

// cancelGrace is how long the program may take to end when it is told to.
const cancelGrace = 3 * time.Second

// run executes the program and hands each line that it writes to say. The error
// carries the line that names the cause.
func (t Tool) run(ctx context.Context, dir string, say func(string), args ...string) error {
	cmd := exec.CommandContext(ctx, t.Argv[0], append(t.Argv[1:len(t.Argv):len(t.Argv)], args...)...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = cancelGrace
	out := &lines{say: say}
	cmd.Stdout, cmd.Stderr = out, out
	err := cmd.Run()
	out.flush()
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("run %s: %w: %s", strings.Join(t.name(), " "), err, out.cause())
	}
	return nil
}

func (t Tool) name() []string {
	name := append([]string(nil), t.Argv...)
	name[0] = name[0][strings.LastIndexByte(name[0], '/')+1:]
	return name
}

// Name is how people call the program.
func (t Tool) Name() string { return strings.Join(t.name(), " ") }

// keepLines is how many lines the cause is looked for in, maxLine how long one may
// be, maxCause how much of one an error shows.
const (
	keepLines = 8
	maxLine   = 4 << 10
	maxCause  = 240
)

// lines splits output into lines and remembers the last few.
type lines struct {
	say  func(string)
	rest []byte
	last []string
}

func (l *lines) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		i := bytes.IndexAny(l.rest, "\r\n")
		if i < 0 && len(l.rest) > maxLine {
			i = maxLine
		}
		if i < 0 {
			return len(p), nil
		}
		l.line(string(l.rest[:i]))
		l.rest = l.rest[min(i+1, len(l.rest)):]
	}
}

func (l *lines) flush() {
	l.line(string(l.rest))
	l.rest = nil
}

func (l *lines) line(s string) {
	if s = strings.TrimSpace(s); s == "" {
		return
	}
	if l.last = append(l.last, s); len(l.last) > keepLines {
		l.last = l.last[1:]
	}
	if l.say != nil {
		l.say(s)
	}
}

// cause is the last line that says why it failed. Both programs end with lines
// that only say that something did.
func (l *lines) cause() string {
	cause := "it said nothing"
	for _, line := range slices.Backward(l.last) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "ERROR: "))
		if strings.HasPrefix(line, "Encountered errors while") {
			continue
		}
		if len(line) > maxCause {
			line = strings.ToValidUTF8(line[:maxCause], "") + "…"
		}
		cause = line
		break
	}
	return cause
}

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
	// paths relative to the folder that it is called in.
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

// run executes the program and hands each line that it writes to say. The error
// carries the last lines.
func (t Tool) run(ctx context.Context, dir string, say func(string), args ...string) error {
	cmd := exec.CommandContext(ctx, t.Argv[0], append(t.Argv[1:len(t.Argv):len(t.Argv)], args...)...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	out := &lines{say: say}
	cmd.Stdout, cmd.Stderr = out, out
	err := cmd.Run()
	out.flush()
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("run %s: %w: %s", strings.Join(t.name(), " "), err, out.tail())
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

// keepLines is how many lines an error shows, maxLine how long one may be.
const (
	keepLines = 4
	maxLine   = 4 << 10
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

func (l *lines) tail() string { return strings.Join(l.last, " | ") }

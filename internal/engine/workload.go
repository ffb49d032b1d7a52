package engine

import (
	"bytes"
	"errors"
	"io"
	"os/exec"
	"syscall"
	"time"

	"batten/internal/fault"
	"batten/profiles"
)

// workload is the user's command that drives the services. It is the one command
// that is given to a shell, because the user wrote it for one; it never comes from
// a compose file.
type workload struct {
	command string
	cmd     *exec.Cmd
	done    chan struct{}
	code    int // valid once done is closed
}

func (e *Engine) startWorkload(command string) (*workload, error) {
	cmd := exec.Command("/bin/sh", "-c", command)
	cmd.Dir = e.called
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second
	out := &lineWriter{say: func(line string) { e.emit(Output{From: "workload", Line: line}) }}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return nil, fault.New(fault.Environment, "", "start workload: %w", err)
	}
	w := &workload{command: command, cmd: cmd, done: make(chan struct{})}
	go func() {
		defer close(w.done)
		err := cmd.Wait()
		out.flush()
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit):
			if w.code = exit.ExitCode(); w.code < 0 {
				w.code = 128 + int(exit.Sys().(syscall.WaitStatus).Signal())
			}
		case err != nil:
			w.code = 1
		}
	}()
	return w, nil
}

func (w *workload) ended() bool {
	select {
	case <-w.done:
		return true
	default:
		return false
	}
}

// stop ends the workload, with all that it started in its process group, and
// tells how it went. One that was stopped did not fail.
func (w *workload) stop() *WorkloadResult {
	result := &WorkloadResult{Command: profiles.RedactText(w.command)}
	if w.ended() {
		result.ExitCode = w.code
		return result
	}
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		_ = syscall.Kill(-w.cmd.Process.Pid, sig)
		select {
		case <-w.done:
			return result
		case <-time.After(3 * time.Second):
		}
	}
	return result
}

// maxOutputLine bounds one line of a program's output.
const maxOutputLine = 4 << 10

// lineWriter hands on what is written to it line by line.
type lineWriter struct {
	say  func(string)
	rest []byte
}

var _ io.Writer = (*lineWriter)(nil)

func (l *lineWriter) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		i := bytes.IndexByte(l.rest, '\n')
		switch {
		case i >= 0:
			l.say(string(l.rest[:i]))
			l.rest = l.rest[i+1:]
		case len(l.rest) > maxOutputLine:
			l.say(string(l.rest[:maxOutputLine]))
			l.rest = l.rest[maxOutputLine:]
		default:
			return len(p), nil
		}
	}
}

func (l *lineWriter) flush() {
	if len(l.rest) > 0 {
		l.say(string(l.rest))
		l.rest = nil
	}
}

//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"batten/internal/vm/wire"
)

// run starts a command. Its end is answered when it and all who hold its output
// have ended.
func (s *server) run(m wire.Message) {
	if m.Command == nil || len(m.Command.Args) == 0 {
		s.done(m.ID, -1, errors.New("no command"))
		return
	}
	c := exec.Command(m.Command.Args[0], m.Command.Args[1:]...)
	c.Env = append(os.Environ(), m.Command.Env...)
	c.Dir = m.Command.Dir
	if m.Command.Stdin != nil {
		c.Stdin = bytes.NewReader(m.Command.Stdin)
	}
	c.Stdout = s.conn.Writer(wire.Message{Kind: wire.Output, ID: m.ID, Status: 1})
	c.Stderr = s.conn.Writer(wire.Message{Kind: wire.Output, ID: m.ID, Status: 2})
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := c.Start(); err != nil {
		s.done(m.ID, -1, fmt.Errorf("start command: %w", err))
		return
	}
	s.mu.Lock()
	s.running[m.ID] = c.Process.Pid
	s.mu.Unlock()
	s.work.Go(func() {
		err := c.Wait()
		s.mu.Lock()
		delete(s.running, m.ID)
		s.mu.Unlock()
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			err = nil
		}
		s.done(m.ID, status(c.ProcessState), err)
	})
}

// status is a shell's view of how a process ended.
func status(p *os.ProcessState) int {
	if w, ok := p.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return 128 + int(w.Signal())
	}
	return p.ExitCode()
}

// signal is for a command and the processes of its group. Afterwards only Done of
// the command is sent, and none for the signal.
func (s *server) signal(m wire.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if pid, ok := s.running[m.ID]; ok {
		_ = syscall.Kill(-pid, syscall.Signal(m.Status))
	}
}

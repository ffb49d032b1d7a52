package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// signals turns the first interrupt into "stop and keep" and the second into
// "abort".
type signals struct {
	in    chan os.Signal
	stop  chan struct{} // closed by the first
	abort context.CancelFunc
	done  chan struct{}
}

func listen() *signals {
	return &signals{in: make(chan os.Signal, 2), stop: make(chan struct{}), done: make(chan struct{})}
}

// context returns the context that the second interrupt cancels. Commands that
// can stop half way call stoppable; for the others the first interrupt is the
// second.
func (s *signals) context(parent context.Context) context.Context {
	ctx, cancel := context.WithCancel(parent)
	s.abort = cancel
	signal.Notify(s.in, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-s.in:
			close(s.stop)
		case <-s.done:
			return
		}
		select {
		case <-s.in:
			cancel()
		case <-s.done:
		}
	}()
	return ctx
}

// abortAtOnce makes the first interrupt abort: for commands that have nothing to
// keep.
func (s *signals) abortAtOnce() {
	go func() {
		select {
		case <-s.stop:
			s.abort()
		case <-s.done:
		}
	}()
}

func (s *signals) close() {
	signal.Stop(s.in)
	close(s.done)
	if s.abort != nil {
		s.abort()
	}
}

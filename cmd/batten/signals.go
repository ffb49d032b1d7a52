package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// signals turns the first interrupt into "stop and keep" and the second into
// "abort". A request to end, a terminal that hangs up and a quit are interrupts too.
type signals struct {
	in    chan os.Signal
	pipe  chan os.Signal
	stop  chan struct{} // closed by the first
	abort context.CancelFunc
	done  chan struct{}
}

func listen() *signals {
	return &signals{in: make(chan os.Signal, 2), pipe: make(chan os.Signal, 1), stop: make(chan struct{}), done: make(chan struct{})}
}

// context returns the context that the second interrupt cancels. Commands that
// can stop half way call stoppable; for the others the first interrupt is the
// second.
func (s *signals) context(parent context.Context) context.Context {
	ctx, cancel := context.WithCancel(parent)
	s.abort = cancel
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		// What is ignored already stays so: nohup keeps batten running on purpose.
		if !signal.Ignored(sig) {
			signal.Notify(s.in, sig)
		}
	}
	// A reader of batten's output that is gone must not end it: services may have to
	// be put back. Notify, unlike Ignore, leaves the programs that batten starts with
	// the default; nobody reads the channel.
	signal.Notify(s.pipe, syscall.SIGPIPE)
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

// handOver leaves the signals to the terminal program, which has to restore the
// terminal before it ends.
func (s *signals) handOver() { signal.Stop(s.in) }

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
	signal.Stop(s.pipe)
	close(s.done)
	if s.abort != nil {
		s.abort()
	}
}

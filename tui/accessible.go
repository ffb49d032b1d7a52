package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"

	"batten/internal/fault"
)

// Accessible asks line by line what the program asks on screens: the same decisions in
// the same order with the same texts, without drawing anything. It reads answers from in,
// a line each, until the user leaves, in ends or ctx does; nothing is written but after a
// question. An interrupt leaves it, while something is traced it ends the trace and keeps
// what was recorded.
func Accessible(ctx context.Context, o Options, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m, err := newModel(ctx, o)
	if err != nil {
		return fault.Wrap(fault.Usage, err, "")
	}
	m.after = func(time.Duration, tea.Msg) work { return nil }
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	t := &interview{m: m, ctx: ctx, out: out, answers: readLines(ctx, in), signals: signals, every: reportEvery}
	err = t.all()
	cancel()
	m.settle(os.Stderr)
	if errors.Is(err, errLeft) {
		t.left()
		return nil
	}
	return err
}

// interview is a session without a screen. It owns the model, and does its work.
type interview struct {
	m       *model
	ctx     context.Context
	out     io.Writer
	answers <-chan string // closed at the end of the input
	signals <-chan os.Signal
	broken  error // of writing to out
	told    interviewTold
	every   time.Duration // between two reports of a trace
}

// errLeft says that the user left, or that no more answers come.
var errLeft = errors.New("left")

// all goes through everything once, and again as long as it is wanted.
func (t *interview) all() error {
	if err := t.load(); err != nil {
		return err
	}
	t.say("At each question enter goes on, and q leaves.")
	for {
		for _, step := range []func() error{t.services, t.trace, t.findings, t.diff, t.write} {
			if err := step(); err != nil {
				return err
			}
		}
		again, err := t.yes("go through it again?")
		if err != nil || !again {
			return cmp.Or(err, errLeft)
		}
	}
}

// load looks at the project. That there is none is said by the caller, as of every command.
func (t *interview) load() error {
	for _, msg := range t.wait(t.m.load()) {
		t.m.receive(msg)
	}
	if t.m.inspection == nil {
		return cmp.Or(t.m.failed, errInterrupted)
	}
	return t.do(nil)
}

// left says what was not written.
func (t *interview) left() {
	if n := t.m.decisions.open(); n > 0 {
		t.say(fmt.Sprintf("%s not written.", counted(n, "decision was", "decisions were")))
	}
	t.say("Left.")
}

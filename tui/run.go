package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"

	"batten/internal/fault"
)

const (
	// cleanUp is how long work may take to put back what it changed after the end of the
	// program.
	cleanUp = 30 * time.Second
	// stalled is how long a terminal that takes no output may keep the program from ending.
	stalled = 2 * time.Second
	fps     = 30
)

// Interactive tells why the program cannot be shown here, nil when it can.
func Interactive(stdin, stdout *os.File, getenv func(string) string) error {
	const hint = "batten inspect and batten harden print the same; batten --accessible asks line by line"
	if !term.IsTerminal(stdin.Fd()) || !term.IsTerminal(stdout.Fd()) {
		return fault.New(fault.Usage, hint, "the interactive view needs a terminal on stdin and stdout")
	}
	if t := getenv("TERM"); t == "" || t == "dumb" {
		return fault.New(fault.Usage, hint, "TERM=%q cannot show the interactive view", t)
	}
	return nil
}

// Profile is how many colours the terminal gets: none where the user wants none. Bold and
// reverse stay.
func Profile(out *os.File, env []string, noColor bool) colorprofile.Profile {
	p := colorprofile.Detect(out, env)
	if noColor || os.Getenv("NO_COLOR") != "" || os.Getenv("CLICOLOR") == "0" {
		p = min(p, colorprofile.ASCII)
	}
	return p
}

// Run shows the program until the user quits or ctx ends, and waits until its work has
// put back what it changed. The terminal is as it was afterwards, whatever happens.
func Run(ctx context.Context, o Options, noColor bool) error {
	// Both would write what is on the screen into files.
	_, _ = os.Unsetenv("TEA_TRACE"), os.Unsetenv("TEA_DEBUG")
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	m, err := newModel(ctx, o)
	if err != nil {
		return fault.Wrap(fault.Usage, err, "")
	}
	state, _ := term.GetState(os.Stdin.Fd())
	over := make(chan struct{})
	defer close(over)
	go watchEnd(ctx, cancel, signals, over, state)
	_, err = tea.NewProgram(m, tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithFPS(fps),
		tea.WithColorProfile(Profile(os.Stdout, os.Environ(), noColor))).Run()
	ending := context.Cause(ctx)
	cancel(nil)
	m.settle(os.Stderr)
	switch {
	case m.outcome != nil:
		return m.outcome
	case errors.Is(err, tea.ErrProgramPanic):
		return fault.New(fault.Internal, "please report what you did before", "the interactive view failed: %w", err)
	case ending != nil || errors.Is(err, tea.ErrInterrupted):
		return errInterrupted
	case err != nil:
		return fault.Wrap(fault.Environment, fmt.Errorf("show interactive view: %w", err), "")
	}
	return nil
}

// watchEnd ends the program on a signal. A terminal that takes no output keeps Bubble Tea
// from ending, so that after a while the process ends without it.
func watchEnd(ctx context.Context, cancel context.CancelCauseFunc, signals <-chan os.Signal, over <-chan struct{}, state *term.State) {
	select {
	case s := <-signals:
		cancel(fmt.Errorf("%s", s))
	case <-ctx.Done():
	case <-over:
		return
	}
	select {
	case <-over:
	case <-time.After(stalled + cleanUp):
		if state != nil {
			_ = term.Restore(os.Stdin.Fd(), state)
		}
		os.Exit(fault.Interrupted.ExitCode())
	}
}

// settle waits for work that puts something back, and says so when it takes long.
func (m *model) settle(stderr *os.File) {
	done := make(chan struct{})
	go func() { m.ongoing.Wait(); close(done) }()
	select {
	case <-done:
		return
	case <-time.After(300 * time.Millisecond):
	}
	if m.busy != nil {
		fmt.Fprintf(stderr, "batten: %s: cleaning up\n", m.busy.what)
	}
	select {
	case <-done:
	case <-time.After(cleanUp):
		fmt.Fprintln(stderr, "batten: cleaning up takes too long and is left")
	}
}

package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"batten/internal/fault"
	"batten/tui"
)

// paletteCommands are all commands that can be given, as the palette offers them.
func paletteCommands(root *cobra.Command) []tui.Command {
	var out []tui.Command
	for _, c := range root.Commands() {
		switch {
		case c.Hidden:
		case c.HasSubCommands():
			out = append(out, paletteCommands(c)...)
		case c.Runnable():
			line := strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" ")
			usage := line + strings.TrimPrefix(c.Use, c.Name())
			out = append(out, tui.Command{Line: line, Usage: usage, Short: c.Short})
		}
	}
	return out
}

const (
	// maxPrinted bounds what is kept of a command's output, in bytes.
	maxPrinted = 4 << 20
	// keeping is how long a trace that is to stop may take to keep what it recorded.
	keeping = 20 * time.Second
)

// runLine runs a command in this process and returns what it printed on both of its
// outputs. It gets no input and no terminal. When ctx ends, a trace stops and keeps what
// it recorded; everything else is aborted.
func (a *app) runLine(ctx context.Context, args []string) (string, error) {
	nothing, err := os.Open(os.DevNull) // a file: a traced command gets it as it is
	if err != nil {
		return "", fault.Wrap(fault.Environment, err, "")
	}
	defer nothing.Close()
	printed := &printed{}
	one := &app{stdin: nothing, stdout: &results{file: printed}, stderr: printed, signals: listen()}
	inner, abort := context.WithCancel(context.WithoutCancel(ctx))
	one.signals.abort = abort
	defer one.signals.close()
	root := newRoot(one)
	root.SetArgs(append([]string{"--no-color"}, args...))
	root.SetIn(one.stdin)
	root.SetOut(printed)
	root.SetErr(printed)
	var keeps atomic.Bool
	check := root.PersistentPreRunE
	root.PersistentPreRunE = func(c *cobra.Command, args []string) error {
		keeps.Store(c.Name() == "trace")
		if err := wantsTerminal(c); err != nil {
			return err
		}
		return check(c, args)
	}
	done := make(chan struct{})
	var ending sync.WaitGroup
	ending.Go(func() { endWith(ctx, one.signals, &keeps, done) })
	err = root.ExecuteContext(inner)
	close(done)
	ending.Wait()
	return printed.text(), one.stdout.join(err)
}

// endWith interrupts a command when ctx ends: at once, unless it has something to keep.
func endWith(ctx context.Context, s *signals, keeps *atomic.Bool, done <-chan struct{}) {
	select {
	case <-ctx.Done():
	case <-done:
		return
	}
	close(s.stop)
	if keeps.Load() {
		select {
		case <-done:
			return
		case <-time.After(keeping):
		}
	}
	s.abort()
}

// wantsTerminal refuses what is interactive itself.
func wantsTerminal(c *cobra.Command) error {
	given := func(flag string) bool { f := c.Flags().Lookup(flag); return f != nil && f.Changed }
	switch {
	case !c.HasParent() && !given("version"):
		return fault.New(fault.Usage, "", "this is the interactive view already")
	case c.Name() == "demo" && !given("plain") && !given("output"):
		return fault.New(fault.Usage, "batten demo --plain runs here; batten demo in another terminal", "demo is an interactive view of its own")
	}
	return nil
}

// printed is what a command printed, up to a limit. It may be written to from several
// goroutines.
type printed struct {
	mutex sync.Mutex
	kept  strings.Builder
	left  int // bytes beyond the limit
}

func (p *printed) Write(data []byte) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	n := min(len(data), maxPrinted-p.kept.Len())
	p.kept.Write(data[:n])
	p.left += len(data) - n
	return len(data), nil
}

func (p *printed) text() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.left == 0 {
		return p.kept.String()
	}
	return p.kept.String() + fmt.Sprintf("\nand %d bytes more, which are left out\n", p.left)
}

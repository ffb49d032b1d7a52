package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"batten/internal/demo"
	"batten/internal/fault"
)

// demoWorkload is the hidden command that drives the service of the demonstration.
const demoWorkload = "demo-workload"

// newDemoService is the service that the demonstration traces: batten executes
// itself with this command.
func newDemoService() *cobra.Command {
	var dir, address string
	c := &cobra.Command{
		Use:    demo.Command,
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var out io.Writer = c.OutOrStdout()
			if address != "" {
				_ = os.Remove(address)
				out = io.MultiWriter(out, firstLine{address})
			}
			return demo.Serve(c.Context(), dir, out)
		},
	}
	c.Flags().StringVar(&dir, "data", ".", "folder of the service's files")
	c.Flags().StringVar(&address, "address", "", "file that it writes its address to")
	return c
}

// firstLine puts a line into a file that is whole as soon as it is there.
type firstLine struct{ path string }

func (f firstLine) Write(p []byte) (int, error) {
	err := os.WriteFile(f.path+".new", p, 0o600)
	if err == nil {
		err = os.Rename(f.path+".new", f.path)
	}
	return len(p), err
}

// newDemoWorkload drives the service of the demonstration some times over.
func newDemoWorkload() *cobra.Command {
	var address string
	var rounds int
	c := &cobra.Command{
		Use:    demoWorkload,
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			at, err := whereDemoListens(c.Context(), address)
			for n := 0; err == nil && n < rounds; n++ {
				if _, err = demo.Drive(c.Context(), at); err == nil {
					err = pause(c.Context(), 300*time.Millisecond)
				}
			}
			return err
		},
	}
	c.Flags().StringVar(&address, "address", "", "file that the service wrote its address to")
	c.Flags().IntVar(&rounds, "rounds", 5, "how often")
	return c
}

// whereDemoListens waits for the file that the service writes.
func whereDemoListens(ctx context.Context, file string) (string, error) {
	for range 100 {
		data, err := os.ReadFile(file)
		if line, ok := strings.CutPrefix(string(data), demo.Listening); ok {
			return strings.TrimSpace(line), nil
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return "", err
		}
	}
	return "", fault.New(fault.Environment, "", "the demonstration's service does not say where it listens")
}

// pause waits, but no longer than ctx.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

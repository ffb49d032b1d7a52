package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"batten/internal/engine"
	"batten/internal/fault"
	"batten/internal/terminal"
)

func newDemo(a *app) *cobra.Command {
	var plain bool
	var backend, out string
	var v view
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole flow on a bundled project: no Docker, no root",
		Long: `Open the interactive view on a bundled project of four careless services, with
recordings that batten made of it: every screen works, and what is written goes into a
temporary folder. Needs neither Docker nor root.

With --plain, or where there is no terminal, trace a small bundled HTTP service under a
bundled workload instead, write its profile, run it again under the profile, and show the
workload passing and an intruder's calls being refused.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			want, err := engine.ParseBackend(backend)
			if err != nil {
				return err
			}
			if out == "" {
				if out, err = os.MkdirTemp("", "batten-demo-"); err != nil {
					return fault.Wrap(fault.Environment, err, "give a folder with --out")
				}
			} else if err := os.MkdirAll(out, 0o755); err != nil {
				return fault.Wrap(fault.Usage, err, "give a folder that can be made")
			}
			if !plain && !a.json() && a.interactive(&v) == nil {
				return a.showDemo(c.Context(), c.Root(), &v, out)
			}
			a.signals.abortAtOnce()
			return a.demo(c, want, out)
		},
	}
	v.add(c)
	c.Flags().BoolVar(&plain, "plain", false, "as plain text, on a single service")
	c.Flags().StringVar(&backend, "backend", "auto", "auto, ebpf or ptrace")
	c.Flags().StringVar(&out, "out", "", "folder for the files it writes (default: a temporary one)")
	_ = c.RegisterFlagCompletionFunc("backend", fixed("auto", "ebpf", "ptrace"))
	return c
}

func (a *app) demo(c *cobra.Command, want engine.Backend, out string) error {
	steps := &demoSteps{app: a, style: a.style()}
	e, err := engine.New(engine.Options{Dir: out, Events: steps.handle})
	if err != nil {
		return err
	}
	result, err := e.Demo(c.Context(), want)
	if err != nil {
		return err
	}
	if a.json() {
		return writeJSON(a.stdout, result)
	}
	st := a.style()
	fmt.Fprintf(a.stdout, "\n%s\n", st.Bold("what is left"))
	for _, path := range []string{result.Recording, result.Seccomp} {
		if rel, err := filepath.Rel(out, path); err == nil {
			path = filepath.Join(out, rel)
		}
		fmt.Fprintf(a.stdout, "  %s\n", terminal.Safe(path))
	}
	fmt.Fprintf(a.stdout, "  look inside: %s\n", st.Accent("batten profile show -C "+terminal.SafeArgs([]string{out})+" guestbook"))
	fmt.Fprintf(a.stdout, "  your own:    %s\n", st.Accent("batten trace -- COMMAND"))
	return nil
}

// demoSteps narrates the demonstration.
type demoSteps struct {
	app   *app
	style terminal.Style
}

func (d *demoSteps) handle(ev engine.Event) {
	step, ok := ev.(engine.DemoStep)
	if !ok || d.app.json() {
		return
	}
	out := d.app.stdout
	if step.Number > 0 {
		if step.Number > 1 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "%s %s\n", d.style.Accent(fmt.Sprintf("%d", step.Number)), d.style.Bold(step.Title))
	}
	for _, line := range step.Lines {
		fmt.Fprintf(out, "  %s\n", d.answer(terminal.Safe(line)))
	}
}

// answer colours what the kernel said to the intruder.
func (d *demoSteps) answer(line string) string {
	const column = 19 // of the answer, behind the call's name
	if len(line) <= column {
		return line
	}
	switch line[column:] {
	case "allowed":
		return line[:column] + d.style.Warn("allowed")
	case "operation not permitted":
		return line[:column] + d.style.Ok("refused: operation not permitted")
	}
	return line
}

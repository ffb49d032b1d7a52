package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"batten/internal/engine"
	"batten/internal/terminal"
)

func newDoctor(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say what works on this machine, what does not, and what would enable it",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a.signals.abortAtOnce()
			e, err := a.engine()
			if err != nil {
				return err
			}
			d, err := e.Doctor(c.Context())
			if d == nil {
				return err
			}
			if a.json() {
				return errors.Join(err, writeJSON(a.stdout, d))
			}
			a.printDiagnosis(d)
			return err
		},
	}
}

func (a *app) printDiagnosis(d *engine.Diagnosis) {
	st := a.style()
	fmt.Fprintf(a.stdout, "%s\n", st.Bold("ways of tracing on "+terminal.Safe(d.Kernel)+" "+d.Arch+", best first"))
	a.printChecks(d.Rungs)
	fmt.Fprintf(a.stdout, "\n%s\n", st.Bold("the rest"))
	a.printChecks(d.Checks)
}

func (a *app) printChecks(checks []engine.Check) {
	st := a.style()
	wide := 0
	for _, c := range checks {
		wide = max(wide, len(c.Name))
	}
	for _, c := range checks {
		mark := st.Ok(terminal.Symbol("✓ ", "") + "ok    ")
		if !c.Works {
			mark = st.Bad(terminal.Symbol("✗ ", "") + "not   ")
		}
		fmt.Fprintf(a.stdout, "  %s %-*s  %s\n", mark, wide, c.Name, terminal.Safe(c.Detail))
		for _, extra := range []struct{ label, text string }{{"sees", c.Sees}, {"misses", c.Misses}, {"to enable", c.Enable}} {
			if extra.text != "" {
				fmt.Fprintf(a.stdout, "  %*s  %s %s\n", wide+9, "", st.Muted(extra.label+":"), terminal.Safe(extra.text))
			}
		}
	}
}

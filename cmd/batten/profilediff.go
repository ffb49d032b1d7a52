package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"batten/internal/engine"
	"batten/internal/fault"
	"batten/internal/terminal"
	"batten/profiles"
)

func newProfileDiff(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "diff OLD NEW",
		Short:             "Compare two profiles; exit code 1 when they differ",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: a.recorded,
		RunE: func(_ *cobra.Command, args []string) error {
			e, err := a.engine()
			if err != nil {
				return err
			}
			d, err := e.DiffProfiles(args[0], args[1])
			if err != nil {
				return err
			}
			if a.json() {
				err = writeJSON(a.stdout, engine.DiffResult{Schema: engine.DiffSchema, Diff: d})
			} else {
				a.printDiff(d)
			}
			if err != nil || d.Empty() {
				return err
			}
			return fault.New(fault.Findings, "", "profiles differ: %d added, %d removed", len(d.Added), len(d.Removed))
		},
	}
}

func (a *app) printDiff(d profiles.Diff) {
	st := a.style()
	for _, line := range d.Lines() {
		line = terminal.Safe(line)
		if line != "" && line[0] == '+' {
			line = st.Ok(line)
		} else {
			line = st.Bad(line)
		}
		fmt.Fprintln(a.stdout, line)
	}
}

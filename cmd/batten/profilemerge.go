package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newProfileMerge(a *app) *cobra.Command {
	var out, name string
	c := &cobra.Command{
		Use:               "merge PROFILE PROFILE…",
		Short:             "Merge recordings of one service",
		Example:           `  batten profile merge monday.json tuesday.json -w web.json`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: a.recorded,
		RunE: func(_ *cobra.Command, args []string) error {
			e, err := a.engine()
			if err != nil {
				return err
			}
			_, data, err := e.MergeProfiles(args, name)
			if err != nil {
				return err
			}
			if out == "" || out == "-" {
				_, err := fmt.Fprintf(a.stdout, "%s", data)
				return err
			}
			return e.WriteFile(out, data)
		},
	}
	c.Flags().StringVarP(&out, "write", "w", "", "file to write (default: stdout)")
	c.Flags().StringVar(&name, "name", "", "name of the merged service")
	return c
}

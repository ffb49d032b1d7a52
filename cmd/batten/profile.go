package main

import (
	"github.com/spf13/cobra"
)

func newProfile(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "profile",
		Short: "Show, merge, compare, import and export profiles",
		Long: `Work with what was recorded. A PROFILE is the name of a recorded service, or the
path of a recording or profile.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			c.SetOut(a.stderr)
			_ = c.Usage()
			return noSubcommand(c)
		},
	}
	c.AddCommand(newProfileShow(a), newProfileMerge(a), newProfileDiff(a), newProfileImport(a), newProfileExport(a))
	return c
}

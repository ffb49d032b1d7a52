package main

import (
	"github.com/spf13/cobra"

	"batten/internal/demo"
)

// newDemoService is the service that the demonstration traces: batten executes
// itself with this command.
func newDemoService() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:    demo.Command,
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return demo.Serve(c.Context(), dir, c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&dir, "data", ".", "folder of the service's files")
	return c
}

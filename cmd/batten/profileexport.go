package main

import (
	"github.com/spf13/cobra"

	"batten/internal/engine"
	"batten/internal/fault"
)

func newProfileExport(a *app) *cobra.Command {
	var mode, format, out string
	var exec bool
	c := &cobra.Command{
		Use:   "export PROFILE --format FORMAT [-w FILE]",
		Short: "Write a profile in the form of another tool",
		Example: `  batten profile export web --format kubernetes -w web-kubernetes.json
  batten profile export web --format systemd -w web.conf
  batten profile export web --format apparmor -w web.apparmor`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.recorded,
		RunE: func(_ *cobra.Command, args []string) error {
			if format == string(engine.FormatText) {
				return fault.New(fault.Usage, "choose json, docker, kubernetes, spo, systemd, capabilities, apparmor or apparmor-complain", "export: no format given")
			}
			shown, err := a.show(args[0], mode, format, exec)
			if err != nil {
				return err
			}
			if out == "" || out == "-" {
				_, err := a.stdout.Write(shown.Data)
				return err
			}
			e, err := a.engine()
			if err != nil {
				return err
			}
			return e.WriteFile(out, shown.Data)
		},
	}
	showFlags(c, &mode, &format, &exec)
	c.Flags().StringVarP(&out, "write", "w", "", "file to write (default: stdout)")
	return c
}

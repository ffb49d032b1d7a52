package main

import (
	"github.com/spf13/cobra"

	"batten/internal/engine"
)

func newProfileImport(a *app) *cobra.Command {
	var req engine.ImportRequest
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Take over what another tool recorded",
		Long: `Take over what another tool recorded: a log of strace (-f), a SeccompProfile of
the security-profiles-operator, a seccomp profile of the OCI hook, an AppArmor
profile, a log of what AppArmor refused or would have refused (journalctl -k, dmesg,
audit.log), or a recording of batten. It is kept as a recording of a service, and
merged with what is recorded of it already.

Of an AppArmor profile only literal names can be taken over; what is left out is told.`,
		Example: `  strace -f -o server.log ./server
  batten profile import server.log --name server
  journalctl -k > kernel.log && batten profile import kernel.log --profile batten.shop.web
  batten profile import /etc/apparmor.d/usr.sbin.server --name server`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			e, err := a.engine()
			if err != nil {
				return err
			}
			req.File = args[0]
			result, err := e.Import(req)
			if err != nil {
				return err
			}
			if a.json() {
				return writeJSON(a.stdout, engine.TraceResult{
					Schema: engine.TraceSchema, Services: []engine.ServiceResult{*result},
				})
			}
			a.printService(*result)
			return nil
		},
	}
	c.Flags().StringVar(&req.Format, "format", "auto", "auto, strace, spo, oci, apparmor, audit or batten")
	c.Flags().StringVar(&req.Profile, "profile", "", "AppArmor profile whose records of a log are taken over (default: the only one)")
	c.Flags().StringVar(&req.Name, "name", "", "name of the service (default: of the file)")
	c.Flags().StringVar(&req.Image, "image", "", "the service is a container of this image")
	c.Flags().BoolVar(&req.Merge, "merge", true, "merge with what is recorded already")
	_ = c.RegisterFlagCompletionFunc("format", fixed(engine.ImportFormats()...))
	return c
}

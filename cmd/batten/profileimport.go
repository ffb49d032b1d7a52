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
the security-profiles-operator, a seccomp profile of the OCI hook, or a recording of
batten. It is kept as a recording of a service.`,
		Example: `  strace -f -o server.log ./server
  batten profile import server.log --name server`,
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
	c.Flags().StringVar(&req.Format, "format", "auto", "auto, strace, spo, oci or batten")
	c.Flags().StringVar(&req.Name, "name", "", "name of the service (default: of the file)")
	c.Flags().StringVar(&req.Image, "image", "", "the service is a container of this image")
	c.Flags().BoolVar(&req.Merge, "merge", true, "merge with what is recorded already")
	_ = c.RegisterFlagCompletionFunc("format", fixed(engine.ImportFormats()...))
	return c
}

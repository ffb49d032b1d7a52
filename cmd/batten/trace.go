package main

import (
	"errors"

	"github.com/spf13/cobra"

	"batten/internal/engine"
	"batten/internal/fault"
	"batten/internal/terminal"
)

func newTrace(a *app) *cobra.Command {
	var req engine.TraceRequest
	var backend, nnp, mode string
	c := &cobra.Command{
		Use:   "trace [TARGET…] [-- COMMAND]",
		Short: "Record what services need",
		Long: `Record what services need while they run, and write a seccomp profile for each.

A TARGET is a compose file, a folder with one, a service of the project in this
folder, container:NAME, or pid:N. Without a target the project in this folder is
traced. A command after -- is started under trace.

Services of a compose project that do not run are started under trace and stopped
again; ones that run are traced as they are, or recreated with --restart so that
their start is seen. A container that exists is recreated: what was written into it,
outside volumes, is lost.

While they are recorded, services that batten starts run without a seccomp filter,
so that no call is hidden. They are put back when the trace ends, however it ends;
only when batten is killed (SIGKILL) they stay so. Put them back yourself then:

  docker compose up -d --force-recreate      (or docker-compose)

After the workload, services of a compose project that batten started are stopped,
started again and driven once more, since a second start needs other things than the
first; --cycle=false leaves that out.

Which files, programs, sockets and signals are used is recorded as well, for AppArmor
profiles and for what may be made read-only; --no-files leaves that out.

Ctrl-C stops and keeps what was recorded; a second one aborts at once. A workload
starts when the services are ready, and the trace ends after it, or when --for has
passed, whichever is first.`,
		Example: `  batten trace -- ./server --port 8080
  batten trace web --workload 'curl -fsS http://127.0.0.1:8080/'
  batten trace container:db --for 2m
  batten trace pid:4711 --for 30s`,
		ValidArgsFunction: a.targets,
		RunE: func(c *cobra.Command, args []string) error {
			req.Targets, req.Command = split(c, args)
			var err error
			if req.Backend, err = engine.ParseBackend(backend); err != nil {
				return err
			}
			if req.NNP, err = engine.ParseSetting("--nnp", nnp); err != nil {
				return err
			}
			if req.Mode, err = engine.ParseMode(mode); err != nil {
				return err
			}
			if c.ArgsLenAtDash() >= 0 && len(req.Command) == 0 {
				return fault.New(fault.Usage, "give a command after --", "trace: no command")
			}
			return a.trace(c, req)
		},
	}
	f := c.Flags()
	f.StringVar(&req.Workload, "workload", "", "shell command that drives the services; the trace ends after it")
	f.DurationVar(&req.For, "for", 0, "how long to record at most, such as 30s or 2m (default: until all has ended)")
	f.StringVar(&backend, "backend", "auto", "auto, ebpf or ptrace")
	f.StringVar(&nnp, "nnp", "keep", "no-new-privileges of what is started: on, off or keep")
	f.StringVar(&mode, "mode", "portable", "of the seccomp profile: portable or tight")
	f.BoolVar(&req.NoFiles, "no-files", false, "do not record which files and sockets are used: less work for the service, and no AppArmor profile")
	f.StringVar(&req.Name, "name", "", "name of the recording (default: of the service or program)")
	f.BoolVar(&req.Restart, "restart", false, "restart what runs already, to see its start; compose services are recreated")
	f.BoolVar(&req.Cycle, "cycle", true, "after the workload, stop and start again what batten started, and drive it once more")
	f.BoolVar(&req.Merge, "merge", true, "merge with what is recorded already")
	_ = c.RegisterFlagCompletionFunc("backend", fixed("auto", "ebpf", "ptrace"))
	_ = c.RegisterFlagCompletionFunc("nnp", fixed("on", "off", "keep"))
	_ = c.RegisterFlagCompletionFunc("mode", fixed("portable", "tight"))
	_ = c.RegisterFlagCompletionFunc("for", fixed("30s", "1m", "5m"))
	return c
}

func (a *app) trace(c *cobra.Command, req engine.TraceRequest) error {
	e, err := a.engine()
	if err != nil {
		return err
	}
	req.Stdin, req.Stdout, req.Stderr = a.stdin, a.stdout.file, a.stderr
	if a.json() {
		req.Stdout = a.stderr // stdout is for the result alone
	}
	if len(req.Command) > 0 {
		a.progress.plain() // the command may write to the same terminal
	}
	req.Stop = a.signals.stop
	result, err := e.Trace(c.Context(), req)
	a.endStatus()
	if result == nil || len(result.Services) == 0 {
		return err
	}
	if a.json() {
		return errors.Join(err, writeJSON(a.stdout, result))
	}
	for _, s := range result.Services {
		a.printService(s)
	}
	if result.ExitCode != nil && *result.ExitCode != 0 && !result.Interrupted && !result.Stopped {
		a.progress.handle(engine.Note{Level: engine.Warning, Text: "the command ended with exit code " + itoa(*result.ExitCode)})
	}
	return err
}

// split separates targets from the command behind "--".
func split(c *cobra.Command, args []string) (targets, command []string) {
	dash := c.ArgsLenAtDash()
	if dash < 0 {
		return args, nil
	}
	return args[:dash], args[dash:]
}

// width is how wide results may be; what is piped is not cut.
func (a *app) width() int {
	if !terminal.IsTerminal(a.stdout.file) {
		return 160
	}
	return min(max(terminal.Columns(a.stdout.file), 40), 120)
}

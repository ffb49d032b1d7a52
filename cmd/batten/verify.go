package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"batten/internal/engine"
	"batten/internal/fault"
	"batten/internal/terminal"
	"batten/verify"
)

func newVerify(a *app) *cobra.Command {
	var req engine.VerifyRequest
	var backend, nnp, mode, service string
	c := &cobra.Command{
		Use:   "verify [--profile FILE|--service NAME] -- COMMAND",
		Short: "Run a command under its profile and report what is denied",
		Long: `Run a command under a seccomp profile, enforced by the kernel, and report each
call that is denied: by which program, with which error, and what the profile
would have to gain. Exit code 1 when something was denied or the command failed.

Without --profile and --service the recording named like the command is used; it
must be of the same program. Ctrl-C ends the command, with exit code 130.`,
		Example: `  batten verify -- ./server --self-test
  batten verify --profile hardened/seccomp/server.json -- ./server --self-test`,
		ValidArgsFunction: func(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveDefault
		},
		RunE: func(c *cobra.Command, args []string) error {
			targets, command := split(c, args)
			if len(command) == 0 || len(targets) > 0 {
				return fault.New(fault.Usage, "give a command after --, such as batten verify -- ./server", "verify: no command")
			}
			if req.Profile != "" && service != "" {
				return fault.New(fault.Usage, "give one of them", "verify: both --profile and --service")
			}
			if service != "" {
				req.Profile = service
			}
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
			req.Command = command
			return a.verify(c, req)
		},
	}
	f := c.Flags()
	f.StringVar(&req.Profile, "profile", "", "seccomp profile, recording or profile of batten")
	f.StringVar(&service, "service", "", "name of the recording whose profile to use")
	f.StringVar(&mode, "mode", "portable", "of a profile made from a recording: portable or tight")
	f.StringVar(&backend, "backend", "auto", "auto, ebpf or ptrace")
	f.StringVar(&nnp, "nnp", "keep", "no-new-privileges: on, off or keep what was recorded")
	f.DurationVar(&req.Limit, "timeout", 0, "end the command after this time, with exit code 124")
	_ = c.RegisterFlagCompletionFunc("service", a.recorded)
	_ = c.RegisterFlagCompletionFunc("backend", fixed("auto", "ebpf", "ptrace"))
	_ = c.RegisterFlagCompletionFunc("mode", fixed("portable", "tight"))
	_ = c.RegisterFlagCompletionFunc("nnp", fixed("on", "off", "keep"))
	return c
}

func (a *app) verify(c *cobra.Command, req engine.VerifyRequest) error {
	e, err := a.engine()
	if err != nil {
		return err
	}
	req.Stdin, req.Stdout, req.Stderr, req.Stop = a.stdin, a.stdout.file, a.stderr, a.signals.stop
	if a.json() {
		req.Stdout = a.stderr
	}
	result, err := e.Verify(c.Context(), req)
	if result == nil {
		return err
	}
	if a.json() {
		return errors.Join(err, writeJSON(a.stdout, result))
	}
	a.printVerification(result)
	return err
}

func (a *app) printVerification(r *verify.Result) {
	st := a.style()
	for _, d := range r.Denials {
		mark := st.Bad("denied")
		if d.Intended {
			mark = st.Muted("by design")
		}
		fmt.Fprintf(a.stdout, "%s  %s\n", mark, denialLine(d))
		if d.Risk != "" && !d.Intended {
			fmt.Fprintf(a.stdout, "        %s\n", st.Muted(d.Risk))
		}
		if !d.Intended {
			a.printAddition(d.Add)
		}
	}
	state := st.Ok("passed")
	switch {
	case r.Stopped:
		state = st.Warn("interrupted")
	case !r.Passed:
		state = st.Bad("failed")
	}
	denied := 0
	for _, d := range r.Denials {
		if !d.Intended {
			denied++
		}
	}
	fmt.Fprintf(a.stdout, "%s  %s let through, %d denied, exit code %d, seen by %s, under %s\n",
		state, plural(r.Calls, "call", "calls"), denied, r.ExitCode, terminal.Safe(r.Backend), terminal.Safe(r.Profile))
}

// printAddition shows what the profile would have to gain as it stands in one.
func (a *app) printAddition(add *verify.Addition) {
	if add == nil {
		return
	}
	if len(add.Architectures) > 0 {
		fmt.Fprintf(a.stdout, "        to allow it, the profile would need the architecture %s\n", strings.Join(safeAll(add.Architectures), ", "))
	}
	for _, rule := range add.Syscalls {
		if text, err := json.Marshal(rule); err == nil {
			fmt.Fprintf(a.stdout, "        to allow it, the profile would need %s\n", terminal.Safe(string(text)))
		}
	}
}

// denialLine says what was called by whom and what came back.
func denialLine(d verify.Denial) string {
	what := terminal.Safe(d.Call)
	if len(d.Args) > 0 {
		what = terminal.Safe(d.Args[0])
		if len(d.Args) > 1 {
			what += fmt.Sprintf(" and %d other forms", len(d.Args)-1)
		}
	}
	who := d.Program
	if who == "" {
		who = d.Comm
	}
	if who != "" {
		what += " by " + terminal.Safe(who)
	}
	if d.Killed {
		return what + ": killed"
	}
	return what + ": " + d.Error
}

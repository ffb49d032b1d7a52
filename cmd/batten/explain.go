package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"batten/internal/engine"
	"batten/internal/terminal"
	"batten/profiles"
)

func newExplain(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "explain WHAT…",
		Short: "Say what a system call, capability, rule, file, port or signal is, and who needed it",
		Example: `  batten explain unshare
  batten explain /etc/nginx/nginx.conf '/var/log/**'
  batten explain tcp:5432 unix:/run/x.sock unix:@name signal:TERM
  batten explain hardened/apparmor/batten.shop.web:12
  batten explain CAP_CHOWN,mount -o json
  batten explain B020 B004/web`,
		Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			e := a.quietEngine()
			if e == nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return e.Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			e, err := a.engine()
			if err != nil {
				return err
			}
			answer, err := e.Explain(c.Context(), args)
			if err != nil {
				return err
			}
			if a.json() {
				return writeJSON(a.stdout, answer)
			}
			for i, x := range answer.Items {
				if i > 0 {
					fmt.Fprintln(a.stdout)
				}
				a.printExplanation(x)
			}
			return nil
		},
	}
}

func (a *app) printExplanation(x engine.Explanation) {
	if x.Rule != nil {
		a.printRule(x)
		return
	}
	if x.Use != nil {
		a.printUse(x)
		return
	}
	st := a.style()
	fmt.Fprintf(a.stdout, "%s  %s\n", st.Bold(x.Name), st.Muted(x.Kind))
	label := func(name string) string {
		if name == "risk" && x.Risk != "" {
			return st.Warn(name)
		}
		return st.Muted(name)
	}
	t := table{paint: []func(string) string{label}, width: a.lineWidth(), wrap: true}
	if x.Meaning != "" {
		t.add("what", x.Meaning)
	}
	if x.Risk != "" {
		t.add("risk", x.Risk)
	} else if x.Caution != "" {
		t.add("risk", x.Caution)
	} else if x.Kind == "syscall" {
		t.add("risk", "an ordinary call: refusing it takes little from an intruder")
	}
	t.add("docker", x.Docker+" by default")
	if len(x.Family) > 0 {
		t.add("family", "same privilege as "+strings.Join(x.Family, ", "))
	}
	t.write(a.stdout, "  ")
	if len(x.Seen) == 0 {
		fmt.Fprintf(a.stdout, "  %s\n", st.Muted("not seen in the recordings of this project"))
		return
	}
	for _, s := range x.Seen {
		a.printSeen(s)
	}
}

func (a *app) printSeen(s engine.Seen) {
	st := a.style()
	verb := "made by"
	switch {
	case s.Denied:
		verb = "denied to"
	case s.Noise:
		verb = "asked for, without need, by"
	case s.Caller != "" || s.Syscall != "":
		verb = "needed by"
	}
	who := terminal.Safe(s.Service)
	switch s.Part {
	case profiles.PartRuntime:
		who = "the runtime that starts " + who
	case profiles.PartExec:
		who = "a command executed into " + who + " (" + terminal.Safe(s.Entry) + ")"
	}
	fmt.Fprintf(a.stdout, "  %s %s, in %d of %s%s\n", verb, st.Accent(who), s.Runs, plural(s.OfRuns, "run", "runs"), phasesText(s.Phases))
	if f := s.First; f != nil {
		by := f.Program
		if by == "" {
			by = f.Comm
		}
		line := fmt.Sprintf("first by %s after %d ms", terminal.Safe(by), f.Offset)
		if len(f.Args) > 0 {
			line += ": " + terminal.SafeArgs(f.Args)
		}
		a.printWrapped(plain, "    ", "      ", line)
	}
	if s.Caller != "" || s.Syscall != "" {
		fmt.Fprintf(a.stdout, "    %s\n", asked(s))
	}
	for _, args := range s.Args {
		a.printWrapped(plain, "    with ", "      ", terminal.Safe(args))
	}
}

// asked says in which call and for what the kernel asked for a capability.
func asked(s engine.Seen) string {
	var parts []string
	if s.Syscall != "" {
		parts = append(parts, "in "+terminal.Safe(s.Syscall))
	}
	if s.Caller != "" {
		parts = append(parts, "asked by "+terminal.Safe(s.Caller))
	}
	return strings.Join(parts, ", ")
}

func phasesText(phases []profiles.Phase) string {
	if len(phases) == 0 {
		return ""
	}
	words := make([]string, len(phases))
	for i, p := range phases {
		words[i] = terminal.Safe(string(p))
	}
	return ", during " + strings.Join(words, ", ")
}

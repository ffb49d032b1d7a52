package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"batten/internal/engine"
	"batten/internal/terminal"
)

func newHarden(a *app) *cobra.Command {
	var flags surveyFlags
	var req engine.HardenRequest
	var write bool
	c := &cobra.Command{
		Use:   "harden [SERVICE…]",
		Short: "Show how the project would be hardened, or write it",
		Long: `Show, as a diff against the user's own compose file, how the project would be
hardened, each change with its reason. With --write the files are written: a
compose.hardened.yml beside the compose file, profiles, secrets and a report in
hardened/.

Values come from recordings where there are any (batten trace), else from what is
known of an image. A value that nobody measured and that can break the service is
left out, and what would measure it is said.

Where files were recorded, an AppArmor profile is made for each service, and named
where the engine confines with AppArmor. It has to be loaded before the start:
hardened/APPLY.md says how.

--apply, --skip and --set decide about findings. With --write they are kept in
batten.yaml. Ids stand beside each change: B020, B020/web or B020/web/8080:80.`,
		Example: `  batten harden                             the plan, as a diff
  batten harden --write                     write it
  batten harden --skip 'B020/web=for the LAN' --set B028/db=1g --write
  batten harden --target swarm --write`,
		ValidArgsFunction: a.targets,
		RunE: func(c *cobra.Command, args []string) error {
			var err error
			if req.SurveyRequest, err = flags.request(args); err != nil {
				return err
			}
			if req.InPlace && !write {
				a.hint("--in-place only shows what would change; add --write to edit the files")
			}
			req.Keep = write
			return a.harden(c, req, write)
		},
	}
	flags.add(c)
	flags.addDecisions(c)
	c.Flags().BoolVar(&write, "write", false, "write the files")
	c.Flags().BoolVar(&req.InPlace, "in-place", false, "edit the compose files themselves instead of writing hardened ones beside them")
	return c
}

func (a *app) harden(c *cobra.Command, req engine.HardenRequest, write bool) error {
	e, err := a.engine()
	if err != nil {
		return err
	}
	h, err := e.Harden(c.Context(), req)
	a.endStatus()
	if err != nil {
		return err
	}
	if write {
		if err := e.Write(h); err != nil {
			return err
		}
	}
	if a.json() {
		return writeJSON(a.stdout, h)
	}
	for _, text := range h.Plan.Unknown {
		a.hint("decision on " + text)
	}
	if !write {
		a.printDiffs(h)
	}
	a.printPlan(h, write)
	if !write && a.changes(h) {
		fmt.Fprintf(a.stdout, "  write it: %s\n", again(c, "--write")) // in one line, to be copied
	}
	return nil
}

// printPlan prints the scores, what is left, and what was or would be written.
func (a *app) printPlan(h *engine.Hardening, written bool) {
	st := a.style()
	applied := len(h.Plan.Applied())
	fmt.Fprintf(a.stdout, "%s: %s, %d applied\n", st.Bold(terminal.Safe(h.Project)), plural(len(h.Plan.Decisions), "finding", "findings"), applied)
	scores := table{}
	for _, s := range h.Plan.Scores {
		scores.add(terminal.Safe(s.Service), fmt.Sprintf("%3d → %3d", s.Before, s.After), bar(s.Before, s.After))
	}
	scores.write(a.stdout, "  ")
	a.printLeft(h.Plan, written)
	verb := "would write"
	if written {
		verb = "wrote"
	}
	for _, f := range h.Files {
		switch f.State {
		case engine.StateSame:
			continue
		case engine.StateKept:
			fmt.Fprintf(a.stdout, "  kept         %s\n", terminal.Safe(f.Path))
			continue
		}
		fmt.Fprintf(a.stdout, "  %-12s %s %s\n", verb, terminal.Safe(f.Path), st.Muted("("+f.What+", "+string(f.State)+")"))
	}
	if !a.changes(h) {
		fmt.Fprintln(a.stdout, "  nothing to write: everything is as it should be")
	} else if written {
		fmt.Fprintln(a.stdout, "  how to start it and how to undo it: "+a.folder+"/APPLY.md")
	}
}

func (a *app) changes(h *engine.Hardening) bool {
	for _, f := range h.Files {
		if f.State == engine.StateNew || f.State == engine.StateChanged {
			return true
		}
	}
	return false
}

// again is the command that was given, with one more flag and without those that
// only change how its result is shown.
func again(c *cobra.Command, flag string) string {
	words := append(strings.Fields(c.CommandPath()), flag)
	c.Flags().Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "write", "output", "quiet", "no-color":
			return
		}
		values := []string{f.Value.String()}
		if many, ok := f.Value.(pflag.SliceValue); ok {
			values = many.GetSlice()
		}
		name := "--" + f.Name
		for _, value := range values {
			switch {
			case f.NoOptDefVal == "":
				words = append(words, name, value)
			case value == f.NoOptDefVal:
				words = append(words, name)
			default:
				words = append(words, name+"="+value)
			}
		}
	})
	return terminal.SafeArgs(append(words, c.Flags().Args()...))
}

// bar draws a score before and after in twenty cells.
func bar(before, after int) string {
	const cells = 20
	b, n := before*cells/100, after*cells/100
	if n < b {
		n = b
	}
	return "[" + strings.Repeat("#", b) + strings.Repeat("+", n-b) + strings.Repeat(".", cells-n) + "]"
}

// hint says something beside the result.
func (a *app) hint(text string) {
	if a.progress != nil {
		a.progress.handle(engine.Note{Level: engine.Warning, Text: text})
		return
	}
	fmt.Fprintln(a.stderr, "batten: "+terminal.Safe(text))
}

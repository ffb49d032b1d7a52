package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"batten/internal/engine"
	"batten/internal/terminal"
	"batten/plan"
)

func newInspect(a *app) *cobra.Command {
	var flags surveyFlags
	c := &cobra.Command{
		Use:   "inspect [TARGET…]",
		Short: "What is there, and what is wrong with it",
		Long: `Show the services of a compose project with their images, users, ports, networks and
mounts, how much an intruder in each could reach (a score of 100 is nothing beyond what
the service does itself), and what could be better. Nothing is changed.

A TARGET is a compose file, a folder with one, or a service of the project in this
folder.`,
		Example: `  batten inspect
  batten inspect web -o json
  batten inspect deploy/compose.yml`,
		ValidArgsFunction: a.targets,
		RunE: func(c *cobra.Command, args []string) error {
			req, err := flags.request(args)
			if err != nil {
				return err
			}
			e, err := a.engine()
			if err != nil {
				return err
			}
			result, err := e.Inspect(c.Context(), req)
			a.endStatus()
			if err != nil {
				return err
			}
			if a.json() {
				return writeJSON(a.stdout, result)
			}
			a.printInspection(result)
			return nil
		},
	}
	flags.add(c)
	return c
}

func (a *app) printInspection(r *engine.Inspection) {
	st := a.style()
	fmt.Fprintf(a.stdout, "%s  %s\n\n", st.Bold(terminal.Safe(r.Project)), st.Muted(terminal.Safe(strings.Join(r.Files, ", "))))
	t := table{width: a.lineWidth(), wrap: true}
	t.add("SERVICE", "SCORE", "IMAGE", "USER", "EVIDENCE", "PORTS")
	for _, s := range r.Services {
		t.add(terminal.Safe(s.Name), fmt.Sprintf("%d", s.Score.Before), terminal.Safe(or(s.Image, "(built)")),
			terminal.Safe(or(s.User, "?")), evidence(s), terminal.Safe(or(strings.Join(s.Ports, " "), "-")))
	}
	t.write(a.stdout, "")
	for _, s := range r.Services {
		a.printInspected(s, r.Findings)
	}
	a.printFindings("the project", "", r.Findings)
	if len(r.Services) > 0 {
		fmt.Fprintf(a.stdout, "\n%s\n", st.Muted("fix them: batten harden   what a rule means: batten explain RULE"))
	}
}

func (a *app) printInspected(s engine.InspectedService, all []plan.Decision) {
	st := a.style()
	fmt.Fprintf(a.stdout, "\n%s\n", st.Bold(terminal.Safe(s.Name)))
	t := table{paint: []func(string) string{st.Muted}, width: a.lineWidth(), wrap: true}
	row := func(name string, values []string) {
		if len(values) > 0 {
			t.add(name, terminal.Safe(strings.Join(values, ", ")))
		}
	}
	row("containers", containerStates(s))
	row("networks", s.Networks)
	row("mounts", s.Mounts)
	met := 0
	for _, c := range s.Checklist {
		if c.Now {
			met++
		}
	}
	t.add("checklist", fmt.Sprintf("%d of %d hold", met, len(s.Checklist)))
	t.write(a.stdout, "  ")
	a.printFindings("", s.Name, all)
}

func (a *app) printFindings(title, service string, all []plan.Decision) {
	st := a.style()
	t := table{paint: []func(string) string{st.Warn, st.Accent}, width: a.lineWidth(), wrap: true}
	for _, d := range worstFirst(all) {
		if d.Finding.Service != service || !d.Finding.Severity.AtLeast(plan.Low) {
			continue
		}
		t.add(string(d.Finding.Severity), terminal.Safe(d.Finding.Rule), terminal.Safe(d.Finding.Message))
	}
	if len(t.rows) == 0 {
		return
	}
	if title != "" {
		fmt.Fprintf(a.stdout, "\n%s\n", st.Bold(title))
	}
	t.write(a.stdout, "  ")
}

func evidence(s engine.InspectedService) string {
	if s.Runs > 0 {
		return plural(s.Runs, "run", "runs")
	}
	return string(s.Evidence)
}

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// containerStates says of each container of a service what it does.
func containerStates(s engine.InspectedService) []string {
	var out []string
	for _, c := range s.Containers {
		state := c.Name + " is " + c.State
		if c.Health != "" {
			state += ", " + c.Health
		}
		if s.ImageID != "" && c.ImageID != s.ImageID {
			state += ", of an older image"
		}
		out = append(out, state)
	}
	return out
}

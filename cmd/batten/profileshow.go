package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"batten/internal/engine"
	"batten/internal/fault"
	"batten/internal/terminal"
)

func noSubcommand(c *cobra.Command) error {
	return fault.New(fault.Usage, "see "+c.CommandPath()+" --help", "no subcommand given")
}

func newProfileShow(a *app) *cobra.Command {
	var mode, format string
	var exec, files bool
	c := &cobra.Command{
		Use:   "show PROFILE",
		Short: "Show what a service needs, or the files made of it",
		Example: `  batten profile show web
  batten profile show web --format docker > web.json
  batten profile show hardened/recordings/web.json --format capabilities`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.recorded,
		RunE: func(_ *cobra.Command, args []string) error {
			if a.json() && format == string(engine.FormatText) {
				format = string(engine.FormatJSON)
			}
			shown, err := a.show(args[0], mode, format, exec)
			if err != nil {
				return err
			}
			if shown.Data != nil {
				_, err := a.stdout.Write(shown.Data)
				return err
			}
			a.printProfile(shown, files)
			return nil
		},
	}
	showFlags(c, &mode, &format, &exec)
	c.Flags().BoolVar(&files, "files", false, "list all files, not only folders of many")
	return c
}

func showFlags(c *cobra.Command, mode, format *string, exec *bool) {
	c.Flags().StringVar(mode, "mode", "portable", "of the seccomp profile: portable or tight")
	c.Flags().StringVar(format, "format", "text", "text, json, docker, kubernetes, spo, systemd, capabilities, apparmor or apparmor-complain")
	c.Flags().BoolVar(exec, "exec", false, "also allow what commands executed by hand needed")
	var formats []string
	for _, f := range engine.Formats() {
		formats = append(formats, string(f))
	}
	_ = c.RegisterFlagCompletionFunc("mode", fixed("portable", "tight"))
	_ = c.RegisterFlagCompletionFunc("format", fixed(formats...))
}

func (a *app) show(name, mode, format string, exec bool) (*engine.Shown, error) {
	e, err := a.engine()
	if err != nil {
		return nil, err
	}
	req := engine.ShowRequest{Name: name, Exec: exec}
	if req.Mode, err = engine.ParseMode(mode); err != nil {
		return nil, err
	}
	if req.Format, err = engine.ParseFormat(format); err != nil {
		return nil, err
	}
	shown, err := e.Show(req)
	if err == nil && shown.Extra != "" {
		// How to refer to the file goes to stderr, so that stdout is the file.
		fmt.Fprint(a.stderr, safeLines(shown.Extra))
	}
	return shown, err
}

// printProfile prints a profile for people: the summary, then all calls by part, then
// files and sockets.
func (a *app) printProfile(s *engine.Shown, files bool) {
	st := a.style()
	p := s.Profile
	fmt.Fprint(a.stdout, st.Bold(terminal.Safe(p.Service.Name)))
	if p.Service.Image != "" {
		fmt.Fprintf(a.stdout, "  %s", st.Muted(terminal.Safe(p.Service.Image)))
	}
	fmt.Fprintln(a.stdout)
	a.printSummary(s.Summary)
	arch := p.Arch()
	for _, group := range engine.Groups(p) {
		fmt.Fprintf(a.stdout, "  %s\n", st.Accent(group.Title))
		for _, line := range wrap(safeAll(group.Calls), "", a.width()-4) {
			fmt.Fprintf(a.stdout, "    %s\n", line)
		}
	}
	a.printFiles(p, files)
	t := table{paint: []func(string) string{st.Muted}}
	for i, r := range p.Runs {
		label := ""
		if i == 0 {
			label = "runs"
		}
		text := []string{terminal.Safe(r.Backend), terminal.Safe(string(arch)), fmt.Sprintf("%d s", r.Seconds)}
		for _, extra := range []string{r.Engine, r.Runtime, r.Workload} {
			if extra != "" {
				text = append(text, terminal.Safe(extra))
			}
		}
		if r.NoNewPrivileges {
			text = append(text, "no-new-privileges")
		}
		t.add(label, strings.Join(text, ", "))
	}
	t.write(a.stdout, "  ")
}

// safeLines makes text of several lines safe and keeps its lines.
func safeLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = terminal.Safe(l)
	}
	return strings.Join(lines, "\n")
}

package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"batten/internal/demo"
	"batten/internal/engine"
	"batten/internal/fault"
	"batten/internal/terminal"
	"batten/plan"
	"batten/tui"
)

// view is how the terminal program is shown.
type view struct {
	theme                       string
	ascii, readOnly, accessible bool
	survey                      surveyFlags
}

func (v *view) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&v.theme, "theme", "auto", "colours of the interactive view: auto, ansi, dark, light or mono")
	f.BoolVar(&v.ascii, "ascii", false, "draw with ASCII alone (default where the locale has no Unicode)")
	f.BoolVar(&v.readOnly, "readonly", false, "write nothing and trace nothing")
	f.BoolVar(&v.accessible, "accessible", os.Getenv("BATTEN_ACCESSIBLE") == "1", "ask line by line instead, for screen readers")
	_ = c.RegisterFlagCompletionFunc("theme", fixed(tui.Themes()...))
}

// options are what the flags say of the project.
func (v *view) options() (tui.Options, error) {
	request, err := v.survey.request(nil)
	return tui.Options{Survey: request}, err
}

// flags are those of the commands that look at a project, for the same look.
func (v *view) flags(r engine.SurveyRequest) []string {
	var out []string
	if r.Target != "" && r.Target != plan.TargetCompose {
		out = append(out, "--target", string(r.Target))
	}
	if r.AppArmor != "" {
		out = append(out, "--apparmor", string(r.AppArmor))
	}
	if r.Offline {
		out = append(out, "--offline")
	}
	return out
}

// interactive tells why the terminal program cannot be shown, nil when it can.
func (a *app) interactive(v *view) error {
	stdin, in := a.stdin.(*os.File)
	stdout, out := a.stdout.file.(*os.File)
	if !in || !out {
		return fault.New(fault.Usage, "", "the interactive view needs a terminal")
	}
	if v.accessible {
		return nil
	}
	return tui.Interactive(stdin, stdout, os.Getenv)
}

// showTUI runs the terminal program, or asks line by line.
func (a *app) showTUI(ctx context.Context, root *cobra.Command, v *view, o tui.Options) error {
	feed := tui.NewFeed()
	e, err := engine.New(engine.Options{Dir: a.dir, Folder: a.folder, Files: a.files, Force: a.force, Events: feed.Handle})
	if err != nil {
		return err
	}
	o.Project, o.Feed, o.Flags = e, feed, a.commonFlags()
	o.SurveyFlags = v.flags(o.Survey)
	o.Theme, o.ASCII, o.ReadOnly = v.theme, v.ascii || terminal.Symbol("u", "a") == "a", v.readOnly
	o.Commands, o.Run = paletteCommands(root), a.runLine
	if v.accessible {
		return tui.Accessible(ctx, o, a.stdin, a.stdout)
	}
	a.signals.handOver()
	return tui.Run(ctx, o, a.noColor)
}

// commonFlags are those that a command needs to look at the same project.
func (a *app) commonFlags() []string {
	var out []string
	if a.dir != "" {
		out = append(out, "-C", a.dir)
	}
	for _, f := range a.files {
		out = append(out, "-f", f)
	}
	if a.folder != engine.DefaultFolder {
		out = append(out, "--dir", a.folder)
	}
	return out
}

// showDemo opens the bundled project in a folder.
func (a *app) showDemo(ctx context.Context, root *cobra.Command, v *view, out string) error {
	self, err := os.Executable()
	if err != nil {
		return fault.Wrap(fault.Environment, err, "")
	}
	a.dir = filepath.Join(out, "shop")
	if err := engine.UnpackDemo(a.dir); err != nil {
		return err
	}
	address := filepath.Join(out, "guestbook.address")
	return a.showTUI(ctx, root, v, tui.Options{
		Demo: true, Survey: engine.SurveyRequest{Offline: true},
		DemoTrace:    []string{self, demo.Command, "--data", out, "--address", address},
		DemoWorkload: terminal.SafeArgs(slices.Concat([]string{self, demoWorkload, "--address"}, []string{address})),
	})
}

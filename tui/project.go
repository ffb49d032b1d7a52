package tui

import (
	"context"

	"batten/internal/engine"
	"batten/plan"
)

// Project is what the program works on: the engine, of which it uses this.
type Project interface {
	Dir() string
	Inspect(ctx context.Context, req engine.SurveyRequest) (*engine.Inspection, error)
	Harden(ctx context.Context, req engine.HardenRequest) (*engine.Hardening, error)
	Write(h *engine.Hardening) error
	Trace(ctx context.Context, req engine.TraceRequest) (*engine.TraceResult, error)
	Replay(ctx context.Context, services []string, speed float64, stop <-chan struct{}) error
	Explain(ctx context.Context, names []string) (*engine.Explanations, error)
	Show(req engine.ShowRequest) (*engine.Shown, error)
}

var _ Project = (*engine.Engine)(nil)

// Command is one command of the command line, as the palette offers it.
type Command struct {
	Line  string // "profile show"
	Usage string // "profile show FILE|SERVICE"
	Short string // what it does
}

// Options say what to show and how.
type Options struct {
	Project Project
	Feed    *Feed // which receives the project's events
	// Survey are targets and settings of the command line.
	Survey engine.SurveyRequest
	// Flags are those that a command needs to do the same from the command line: "-C
	// DIR", "-f FILE".
	Flags []string
	// SurveyFlags are those that harden, inspect and check need besides: "--offline".
	SurveyFlags []string
	// Commands are what the palette offers beside the verbs; Run does one and returns what
	// it printed.
	Commands []Command
	Run      func(ctx context.Context, args []string) (output string, err error)

	Theme    string // one of [Themes]
	ASCII    bool
	ReadOnly bool // nothing is written and nothing is traced
	// Demo is the bundled project: recordings are replayed instead of made, and DemoTrace
	// is a command that can be traced live.
	Demo      bool
	DemoTrace []string
	// DemoWorkload is the shell command that drives what DemoTrace starts.
	DemoWorkload string
	Workload     string // that drives the services while they are traced
}

// settingOf is the decision of the user to apply a finding's fix or not.
func settingOf(f plan.Finding, apply bool, value, reason string) plan.Setting {
	return plan.Setting{Rule: f.Rule, Service: f.Service, Key: f.Key, Apply: &apply, Value: value, Reason: reason, By: plan.ByUser}
}

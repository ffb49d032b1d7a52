package tui

import (
	"context"
	"fmt"
	"testing"
	"time"

	"batten/internal/engine"
	"batten/profiles"
)

// tracer is a project of four services that notes what is asked of it, and tells what a
// test wants. It has no plan.
type tracer struct {
	Project
	feed     *Feed
	asked    []engine.TraceRequest
	replayed []float64
	unknown  []string // what was to be explained
	looked   int      // how often the project was inspected
	result   *engine.TraceResult
	err      error
	stopped  bool // when Trace was called
	aborted  bool
}

func (p *tracer) Inspect(context.Context, engine.SurveyRequest) (*engine.Inspection, error) {
	p.looked++
	out := &engine.Inspection{Project: "shop"}
	for _, name := range []string{"app", "cache", "db", "web"} {
		out.Services = append(out.Services, engine.InspectedService{Name: name, Runs: 1})
	}
	out.Services = append(out.Services, engine.InspectedService{Name: "debug", Disabled: true})
	return out, nil
}

func (p *tracer) Harden(context.Context, engine.HardenRequest) (*engine.Hardening, error) {
	return nil, nil
}

func (p *tracer) Explain(_ context.Context, names []string) (*engine.Explanations, error) {
	p.unknown = append(p.unknown, names...)
	return &engine.Explanations{Items: []engine.Explanation{{Name: names[0], Kind: "syscall"}}}, nil
}

func (p *tracer) Trace(ctx context.Context, r engine.TraceRequest) (*engine.TraceResult, error) {
	p.asked = append(p.asked, r)
	select {
	case <-r.Stop:
		p.stopped = true
	default:
	}
	p.aborted = ctx.Err() != nil
	if r.Stdout != nil {
		fmt.Fprint(r.Stdout, "hello\x1b[2J\nand no end")
	}
	for _, ev := range sampleEvents() {
		p.feed.Handle(ev)
	}
	return p.result, p.err
}

func (p *tracer) Replay(_ context.Context, _ []string, speed float64, _ <-chan struct{}) error {
	p.replayed = append(p.replayed, speed)
	for _, ev := range sampleEvents() {
		p.feed.Handle(ev)
	}
	return nil
}

// sampleEvents are a short trace of the bundled project.
func sampleEvents() []engine.Event {
	seen := func(ms uint64, kind engine.Kind, name, detail, program string, phase profiles.Phase, args ...string) engine.Sighting {
		return engine.Sighting{
			Kind: kind, Name: name, Detail: detail, Part: profiles.PartApplication, Phase: phase,
			Origin: &profiles.Origin{Program: program, Comm: "worker", Args: args, Offset: ms, Phase: phase},
		}
	}
	first := engine.Progress{Elapsed: 2 * time.Second, Services: []engine.ServiceProgress{
		{Service: "app", Phase: profiles.PhaseStartup, Calls: 2, Files: 1, Programs: 1, New: []engine.Sighting{
			seen(120, engine.KindCall, "openat", "", "/usr/bin/python3", profiles.PhaseStartup, "python3", "/srv/shop.py"),
			seen(1400, engine.KindCall, "setns", "", "/usr/bin/python3", profiles.PhaseStartup, "python3", "/srv/shop.py"),
			seen(110, engine.KindProgram, "/usr/bin/python3", "", "/usr/bin/python3", profiles.PhaseStartup, "python3", "/srv/shop.py"),
			seen(300, engine.KindFile, "/srv/shop.py", "read", "/usr/bin/python3", profiles.PhaseStartup, "python3", "/srv/shop.py"),
		}},
		{Service: "db", Phase: profiles.PhaseStartup, Capabilities: 1, New: []engine.Sighting{
			seen(900, engine.KindCapability, "CAP_CHOWN", "chown_common", "/usr/bin/chown", profiles.PhaseStartup, "chown", "postgres", "/data"),
		}},
		{Service: "web", Phase: profiles.PhaseStartup},
	}}
	second := engine.Progress{Elapsed: 9 * time.Second, Quiet: 4 * time.Second, Services: []engine.ServiceProgress{
		{Service: "app", Phase: profiles.PhaseSteady, Calls: 2, Files: 1, Sockets: 1, Denied: 1, New: []engine.Sighting{
			seen(5000, engine.KindDenial, "bpf", "EPERM", "/usr/bin/python3", profiles.PhaseSteady, "python3", "/srv/shop.py"),
			seen(5100, engine.KindSocket, "connect tcp db:5432", "", "/usr/bin/python3", profiles.PhaseSteady, "python3", "/srv/shop.py"),
		}},
		{Service: "db", Phase: profiles.PhaseSteady, Capabilities: 1, Lost: true, Losses: []string{"12 files are missing: a table was full"}},
		{Service: "web", Phase: profiles.PhaseSteady, New: []engine.Sighting{
			{Kind: engine.KindSignal, Name: "signal TERM to its own processes", Phase: profiles.PhaseSteady},
		}},
	}}
	return []engine.Event{
		engine.Waiting{For: "the workload to finish"}, engine.Output{From: "compose", Line: "Container shop-db-1  Started"}, first,
		engine.Note{Level: engine.Warning, Text: "db was slow", Hint: "look at its log"}, second,
	}
}

// tracing is a session on the screen of traces with a project that can be watched.
func tracing(t testing.TB, w, h int, change func(*Options)) (*session, *tracer) {
	t.Helper()
	p := &tracer{feed: NewFeed()}
	o := Options{Project: p, Feed: p.feed}
	if change != nil {
		change(&o)
	}
	s := beginWith(t, w, h, o)
	s.keys("2")
	return s, p
}

// feed lets the session see events as of a trace that runs.
func (s *session) feed(events ...engine.Event) {
	s.m.trace.begin()
	for _, ev := range events {
		s.m.options.Feed.Handle(ev)
	}
	s.m.take()
	s.m.toast.text = ""
}

func sampleResult() *engine.TraceResult {
	return &engine.TraceResult{
		Workload: &engine.WorkloadResult{Command: "sh drive.sh", ExitCode: 3},
		Services: []engine.ServiceResult{{
			Service: profiles.Service{Name: "app", Image: "shop/app:1"}, Recording: "hardened/recordings/app.json",
			Summary: engine.Summary{
				Runs: 2, Calls: engine.CallCounts{Application: 84}, SeesCapabilities: true, Needs: []engine.CapabilityNeed{{Name: "CAP_CHOWN"}},
				Gaps: []profiles.Gap{{Severity: profiles.SeverityBlocking, Text: "its start was not seen", Hint: "trace with --restart"}},
			},
		}},
	}
}

package tui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"batten/internal/engine"
)

// demoService is what the recording of the bundled service is called.
const demoService = "guestbook"

// replaySpeed is how much faster than it was made a recording is replayed.
const replaySpeed = 4

// chosen are the services that the next trace is to record.
func (s *traceScreen) chosen(m *model) []string {
	var out []string
	if m.inspection != nil {
		for _, one := range m.inspection.Services {
			if !one.Disabled && !s.left[one.Name] {
				out = append(out, one.Name)
			}
		}
	}
	return out
}

// choosable is how many services could be recorded.
func (s *traceScreen) choosable(m *model) int {
	n := 0
	for _, one := range m.inspection.Services {
		if !one.Disabled {
			n++
		}
	}
	return n
}

// targets are what the engine is told to trace: what the session was started with, or
// the chosen services, in the files that it was started with.
func (s *traceScreen) targets(m *model) []string {
	chosen := s.chosen(m)
	if m.inspection == nil || len(chosen) == s.choosable(m) {
		return m.options.Survey.Targets
	}
	var out []string
	for _, t := range m.options.Survey.Targets {
		if m.service(t) == nil {
			out = append(out, t)
		}
	}
	return append(out, chosen...)
}

func (s *traceScreen) request(m *model) engine.TraceRequest {
	return engine.TraceRequest{Targets: s.targets(m), Workload: m.options.Workload, Restart: s.restart, Merge: true, Cycle: true}
}

// liveRequest traces the bundled service.
func liveRequest(m *model) engine.TraceRequest {
	return engine.TraceRequest{
		Command: m.options.DemoTrace, Name: demoService, Workload: cmp.Or(m.options.Workload, m.options.DemoWorkload), Merge: true, Cycle: true,
	}
}

// commandOf is the command line that makes the same trace.
func commandOf(m *model, r engine.TraceRequest) string {
	words := []string{"trace"}
	words = append(words, r.Targets...)
	for _, f := range []struct{ name, value string }{{"--name", r.Name}, {"--workload", r.Workload}} {
		if f.value != "" {
			words = append(words, f.name, f.value)
		}
	}
	if r.Restart {
		words = append(words, "--restart")
	}
	if len(r.Command) == 0 {
		return m.cli(words...)
	}
	return m.cli(words...) + " -- " + quoted(r.Command)
}

func (s *traceScreen) command(m *model) string { return commandOf(m, s.request(m)) }

func traceCommand(m *model) string { return traceScreenOf(m).command(m) }

// startCommand is what s does: in the demonstration, what can be done without Docker.
func startCommand(m *model) string {
	if m.options.Demo && len(m.options.DemoTrace) > 0 {
		return commandOf(m, liveRequest(m))
	}
	return traceCommand(m)
}

// run starts a trace, or ends the one that runs: kindly first, then at once.
func (s *traceScreen) run(m *model) work {
	switch {
	case m.trace.running:
		m.cancel()
		return nil
	case m.options.Demo:
		m.open(s.demoChoice(m))
		return nil
	case s.restart:
		m.open(s.askRestart(m))
		return nil
	}
	return s.trace(m, s.request(m))
}

// askRestart asks before containers are recreated.
func (s *traceScreen) askRestart(m *model) *question {
	names := strings.Join(s.chosen(m), ", ")
	return ask("restart and trace?", func(w int) []line {
		out := labelled("services", normal, names, w)
		out = append(out, labelled("restart", warning, "those that run are recreated, so that their start is seen: they are away for a moment, and what was written into their containers, outside volumes, is lost", w)...)
		return append(append(out, nil), labelled("the same", normal, s.command(m), w)...)
	}, answer{"y", "restart and trace", func(m *model) work { return s.trace(m, s.request(m)) }})
}

// demoChoice offers what can be shown without Docker.
func (s *traceScreen) demoChoice(m *model) *question {
	answers := []answer{{"r", "replay", s.replay}}
	live := len(m.options.DemoTrace) > 0 && !m.options.ReadOnly
	if live {
		answers = append(answers, answer{"l", "live", func(m *model) work { return s.trace(m, liveRequest(m)) }})
	}
	return ask("what to show?", func(w int) []line {
		out := indented(as(accent, "r"), normal, "replay the recordings of this project: the same events as when they were made, four times as fast; nothing is written", 3, w)
		if live {
			out = append(out, indented(as(accent, "l"), normal, "trace the bundled guestbook live: a small web service runs here under a workload, and its recording is kept", 3, w)...)
		}
		return out
	}, answers...)
}

// some are names as long as they are few.
func some(names []string) string {
	if len(names) > 4 {
		return counted(len(names), "service", "services")
	}
	return strings.Join(names, ", ")
}

// begin makes the screen ready for what comes.
func (s *traceScreen) begin(m *model, replay bool) {
	m.take() // what came before is not of this trace
	m.trace.begin()
	m.trace.replay = replay
	s.stream.follow(true)
	s.output.follow(true)
}

func (s *traceScreen) replay(m *model) work {
	if m.busy == nil {
		s.begin(m, true)
	}
	p := m.options.Project
	return m.start("replaying the recordings", true, func(ctx context.Context, stop <-chan struct{}) (message, error) {
		err := p.Replay(ctx, nil, replaySpeed, stop)
		return traced{replay: true, failed: err != nil}, err
	})
}

// trace records. What the traced command prints goes to the feed.
func (s *traceScreen) trace(m *model, r engine.TraceRequest) work {
	if m.busy == nil {
		s.begin(m, false)
	}
	what := "tracing " + cmp.Or(r.Name, some(s.chosen(m)))
	p, feed := m.options.Project, cmp.Or(m.options.Feed, NewFeed())
	return m.start(what, true, func(ctx context.Context, stop <-chan struct{}) (message, error) {
		from := cmp.Or(r.Name, "command")
		stdout, stderr := feed.writer(from), feed.writer(from)
		r := r
		r.Targets, r.Stop, r.Stdout, r.Stderr = slices.Clone(r.Targets), stop, stdout, stderr
		result, err := p.Trace(ctx, r)
		stdout.flush()
		stderr.flush()
		return traced{result: result, failed: err != nil}, err
	})
}

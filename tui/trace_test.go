package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"batten/internal/engine"
)

func TestATraceRecordsTheChosenServicesAndLoadsThePlanAnew(t *testing.T) {
	s, p := tracing(t, 100, 40, nil)
	p.result = sampleResult()
	s.keys("space") // app is left out
	s.keys("w")
	s.write("sh drive.sh")
	s.keys("enter")
	looked := p.looked
	s.keys("s")
	if len(p.asked) != 1 {
		t.Fatalf("traced %d times", len(p.asked))
	}
	r := p.asked[0]
	if want := []string{"cache", "db", "web"}; !slices.Equal(r.Targets, want) {
		t.Errorf("targets %v, want %v", r.Targets, want)
	}
	if r.Workload != "sh drive.sh" || !r.Merge || !r.Cycle || r.Restart || r.Stop == nil || r.Stdin != nil {
		t.Errorf("asked for %+v", r)
	}
	if p.looked != looked+1 {
		t.Errorf("the project was looked at %d times after the trace", p.looked-looked)
	}
	if s.m.trace.running {
		t.Error("the trace still runs")
	}
	s.shows("the trace is over", "84 calls of its own", "1 capability: CAP_CHOWN", "its start was not seen", "failed with exit code 3", "s traces again")
}

func TestWhatATracedCommandPrintsGoesToThePaneAndIsEscaped(t *testing.T) {
	s, _ := tracing(t, 120, 40, nil)
	s.keys("s")
	s.shows(`hello\x1b[2J`, "and no end", "Container shop-db-1  Started", "db was slow (look at its log)")
}

func TestPressedAgainATraceStopsAndOnceMoreAborts(t *testing.T) {
	s, p := tracing(t, 80, 24, nil)
	work := s.m.receive(keyOf("s")) // not done yet
	if !s.m.trace.running || s.m.busy == nil {
		t.Fatal("no trace runs")
	}
	s.shows("tracing app, cache, db, web")
	s.keys("s")
	s.shows("stopping, and keeping what was done; once more aborts")
	s.keys("s")
	p.err = context.Canceled
	s.do(work)
	if !p.stopped || !p.aborted {
		t.Errorf("stopped %v, aborted %v", p.stopped, p.aborted)
	}
	if s.m.trace.running || s.m.busy != nil {
		t.Error("it still runs")
	}
	s.shows("cancelled")
}

func TestATraceThatFailsSaysWhyAndIsOver(t *testing.T) {
	s, p := tracing(t, 80, 24, nil)
	p.err = errors.New("no kernel is at hand")
	s.keys("s")
	s.shows("no kernel is at hand")
	s.keys("esc")
	s.shows("connect tcp db:5432") // what was seen until then stays
	if s.m.trace.running {
		t.Error("the trace still runs")
	}
}

func TestWhyNoTraceCanBeStarted(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(*Options)
		prepare func(s *session)
		why     string
	}{
		{"read only", func(o *Options) { o.ReadOnly = true }, nil, "started with --readonly"},
		{"nothing chosen", nil, func(s *session) { s.keys("a") }, "no service is chosen"},
		{"no services", nil, func(s *session) { s.m.inspection = &engine.Inspection{} }, "the project has no services"},
		{"nothing loaded", nil, func(s *session) { s.m.inspection = nil }, "the project was not read"},
		{"other work", nil, func(s *session) { s.m.busy = &job{what: "planning"} }, "wait until this is done: planning"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, p := tracing(t, 100, 24, c.change)
			if c.prepare != nil {
				c.prepare(s)
			}
			s.keys("s")
			s.shows(c.why)
			if len(p.asked) > 0 || s.m.trace.running {
				t.Error("it was traced all the same")
			}
		})
	}
}

func TestRestartingAsksFirst(t *testing.T) {
	s, p := tracing(t, 100, 30, nil)
	s.keys("r")
	s.shows("what runs is recreated", "restart on")
	s.keys("s", "enter")
	s.shows("restart and trace?", "outside volumes, is lost", "batten trace --restart")
	if len(p.asked) > 0 {
		t.Fatal("enter restarted it")
	}
	s.keys("y")
	if len(p.asked) != 1 || !p.asked[0].Restart {
		t.Fatalf("asked for %+v", p.asked)
	}
}

func TestTheDemonstrationOffersAReplayAndALiveTrace(t *testing.T) {
	demo := func(o *Options) {
		o.Demo, o.DemoTrace, o.DemoWorkload = true, []string{"/bin/batten", "serve"}, "batten drive"
	}
	s, p := tracing(t, 100, 30, demo)
	s.keys("s", "r")
	if !slices.Equal(p.replayed, []float64{4}) || len(p.asked) > 0 {
		t.Errorf("replayed %v, traced %v", p.replayed, p.asked)
	}
	s.shows("the replay is over: 8 things were seen", "replayed 0:09.0", "connect tcp db:5432")
	p.result = &engine.TraceResult{}
	s.keys("s", "l")
	if len(p.asked) != 1 || !slices.Equal(p.asked[0].Command, []string{"/bin/batten", "serve"}) || p.asked[0].Name != "guestbook" ||
		p.asked[0].Workload != "batten drive" || len(p.asked[0].Targets) > 0 {
		t.Errorf("asked for %+v", p.asked)
	}
	if got, want := startCommand(s.m), "batten trace --name guestbook --workload 'batten drive' -- /bin/batten serve"; got != want {
		t.Errorf("the command is %q, want %q", got, want)
	}
}

func TestTheDemonstrationWithoutALiveServiceOnlyReplays(t *testing.T) {
	for _, change := range []func(*Options){
		func(o *Options) { o.Demo = true },
		func(o *Options) { o.Demo, o.ReadOnly, o.DemoTrace = true, true, []string{"x"} },
	} {
		s, p := tracing(t, 100, 30, change)
		s.keys("s")
		s.hides("guestbook live: a small")
		s.keys("l", "r")
		if len(p.asked) > 0 || len(p.replayed) != 1 {
			t.Errorf("replayed %v, traced %v", p.replayed, p.asked)
		}
	}
}

func TestARealReplayShowsTheRecordingsOfTheDemonstration(t *testing.T) {
	s := begin(t, 120, 40, func(o *Options) { o.Project = fast{o.Project} })
	s.keys("2", "s", "r", "tab", "/")
	s.write("refused")
	s.keys("esc", "/")
	s.write("cap_ web")
	s.keys("enter")
	s.shows("■ capability CAP_", "/usr/sbin/nginx", "replayed")
	if n := s.m.trace.seen.len(); n < 1000 {
		t.Errorf("%d things were seen", n)
	}
	at := slices.IndexFunc(s.m.trace.progress.Services, func(p engine.ServiceProgress) bool { return p.Service == "db" })
	if at < 0 || s.m.trace.progress.Services[at].Calls == 0 {
		t.Errorf("the database did nothing: %+v", s.m.trace.progress.Services)
	}
}

// fast replays at once.
type fast struct{ Project }

func (f fast) Replay(ctx context.Context, services []string, _ float64, stop <-chan struct{}) error {
	return f.Project.Replay(ctx, services, 1e6, stop)
}

func TestTheCommandDoesTheSameAsTheKeys(t *testing.T) {
	s, _ := tracing(t, 80, 24, func(o *Options) { o.Flags = []string{"-C", "/srv/shop"} })
	steps := []struct {
		do   func()
		want string
	}{
		{func() {}, "batten trace -C /srv/shop"},
		{func() { s.keys("space") }, "batten trace cache db web -C /srv/shop"},
		{func() { s.keys("r") }, "batten trace cache db web --restart -C /srv/shop"},
		{func() { s.m.options.Workload = "curl -fsS x" }, "batten trace cache db web --workload 'curl -fsS x' --restart -C /srv/shop"},
		{func() { s.m.options.Survey.Targets = []string{"./compose.yaml"} }, "batten trace ./compose.yaml cache db web --workload 'curl -fsS x' --restart -C /srv/shop"},
		{func() { s.keys("a") }, "batten trace ./compose.yaml --workload 'curl -fsS x' --restart -C /srv/shop"},
	}
	for _, step := range steps {
		step.do()
		if got := startCommand(s.m); got != step.want {
			t.Errorf("the command is %q, want %q", got, step.want)
		}
	}
}

func TestSpaceChoosesOnlyWhereTheServicesAre(t *testing.T) {
	s, _ := tracing(t, 80, 24, nil)
	s.shows("[x]   app")
	s.keys("space")
	s.shows("[ ]   app", "[x]   cache")
	s.keys("tab", "space")
	s.shows("tab to the services", "[x]   cache")
	s.keys("a") // not all were chosen: all are now
	s.shows("[x]   app")
	s.keys("a")
	s.hides("[x]")
}

func TestBeforeATraceTheStreamSaysHowToBegin(t *testing.T) {
	s, _ := tracing(t, 80, 24, nil)
	s.shows("starts the chosen services under trace", "use them yourself", "once more stops", "recorded so far", "1 run")
}

func TestLossesAreSaidInWordsWhereverOneLooks(t *testing.T) {
	for _, size := range []struct{ w, h int }{{40, 10}, {60, 14}, {80, 24}, {100, 30}, {120, 40}, {200, 60}} {
		s, _ := tracing(t, size.w, size.h, nil)
		s.feed(sampleEvents()...)
		for range 4 {
			s.shows("▲", "incomplete")
			s.keys("tab")
		}
		s.keys("+")
		s.shows("incomplete")
	}
	s, _ := tracing(t, 100, 30, nil)
	s.feed(sampleEvents()...)
	s.shows("db, incomplete: 12 files are missing: a table was full")
	s.keys("j", "j", "enter")
	s.shows("service db", "a rule may be missing", "12 files are missing")
}

func TestNothingLostIsSaidToo(t *testing.T) {
	s, _ := tracing(t, 80, 24, nil)
	s.feed(engine.Progress{Elapsed: time.Second, Services: []engine.ServiceProgress{{Service: "app"}}})
	s.shows("nothing lost")
	s.hides("▲")
}

func TestARowLeadsToTheProgramAndTheMomentThatMadeIt(t *testing.T) {
	s, p := tracing(t, 120, 40, nil)
	s.feed(sampleEvents()...)
	s.keys("tab", "/")
	s.write("setns")
	s.keys("enter")
	s.shows("→ call  setns", "enters other namespaces", "app, the service itself", "1.4 s after the start, during", "/usr/bin/python3", "python3 /srv/shop.py", "worker")
	s.keys("enter")
	s.shows("call setns")
	s.keys("esc", "e")
	s.shows("syscall setns")
	if !slices.Equal(p.unknown, []string{"setns"}) {
		t.Errorf("asked what %v is", p.unknown)
	}
	if got, want := traceScreenOf(s.m).stream.command(s.m), "batten explain setns"; got != want {
		t.Errorf("the command is %q, want %q", got, want)
	}
}

func TestTraceFrames(t *testing.T) {
	frames(t, "trace", func(s *session) {
		s.keys("2")
		s.feed(sampleEvents()...)
		s.keys("tab", "k")
	})
}

func TestTraceBeforeItBeganFrames(t *testing.T) {
	frames(t, "trace-before", func(s *session) { s.keys("2") })
}

func TestClicksHitTheRowsBelowTheStateOfTheTrace(t *testing.T) {
	s, _ := tracing(t, 80, 24, nil)
	s.feed(sampleEvents()...)
	f := strings.Split(s.frame(), "\n")
	y := slices.IndexFunc(f, func(l string) bool { return strings.Contains(l, "CAP_CHOWN") })
	if y < 0 {
		t.Fatalf("the row is not visible:\n%s", s.frame())
	}
	s.send(tea.MouseClickMsg{X: 20, Y: y})
	if got := traceScreenOf(s.m).stream.at(); got == nil || got.Name != "CAP_CHOWN" {
		t.Errorf("the cursor is on %+v", got)
	}
}

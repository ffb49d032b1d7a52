package tui

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"batten/internal/engine"
	"batten/internal/fault"
	"batten/profiles"
)

// talkThrough gives answers, a line each, and returns what was said, and the project's
// folder.
func talkThrough(t *testing.T, change func(*Options), answers ...string) (said, dir string, err error) {
	t.Helper()
	e, feed := demoProject(t)
	o := Options{Project: e, Feed: feed, Demo: true, Survey: engine.SurveyRequest{Offline: true}}
	if change != nil {
		change(&o)
	}
	var out bytes.Buffer
	err = Accessible(t.Context(), o, strings.NewReader(strings.Join(answers, "\n")+"\n"), &out)
	return out.String(), e.Dir(), err
}

func says(t *testing.T, said string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(said, text) {
			t.Fatalf("%q is not said:\n%s", text, said)
		}
	}
}

func isThere(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

func TestLineByLineTheSameIsDecidedAndWritten(t *testing.T) {
	said, dir, err := talkThrough(t, nil,
		"1", "web", "", // services
		"",         // no trace
		"B003 web", // findings
		"w",        // why
		"x", "the console has to change user", "",
		"y", // the diff
		"y", // write
		"n", // no second round
	)
	if err != nil {
		t.Fatal(err)
	}
	says(t, said, "shop: 4 services, weakest first", "image: batten-test/shop-app:1", "B003/web", "risk of keeping it", "left as it is, decided by you",
		"because   the console has to change user", "+ ", "hardened/REPORT.md", "y write 18 files", "start it", "Left.")
	data, err := os.ReadFile(filepath.Join(dir, "batten.yaml"))
	if err != nil || !strings.Contains(string(data), "the console has to change user") {
		t.Errorf("%v %s", err, data)
	}
	hardened, err := os.ReadFile(filepath.Join(dir, "compose.hardened.yml"))
	if err != nil || strings.Count(string(hardened), "no-new-privileges") != 3 {
		t.Errorf("%v %s", err, hardened)
	}
}

func TestAnswersAboutAFindingDoWhatKeysDo(t *testing.T) {
	said, dir, err := talkThrough(t, nil, "", "",
		"B028 web", "what", "v", "512m", "n", "y", "u", "e", "d", "done",
		"", "") // no diff; the files are not written
	if err != nil {
		t.Fatal(err)
	}
	says(t, said, "or enter for the next", "a size such as 512m", "B028/web takes 512m", "value     512m, chosen by you", "Left.")
	if isThere(dir, "compose.hardened.yml") {
		t.Error("written without an answer")
	}
}

func TestNothingIsWrittenUnlessItIsAnswered(t *testing.T) {
	for name, answers := range map[string][]string{
		"at the end of the input": {"", "", "B003 web", "n", "", ""},
		"when it is left":         {"", "", "B003 web", "n", "q", "n", "q", "y"},
		"on enter":                {"", "", "", "", "", "n"},
	} {
		t.Run(name, func(t *testing.T) {
			said, dir, err := talkThrough(t, nil, answers...)
			if err != nil {
				t.Error(err)
			}
			if isThere(dir, "compose.hardened.yml") || isThere(dir, "batten.yaml") {
				t.Error("something was written")
			}
			if name != "on enter" {
				says(t, said, "1 decision was not written")
			}
			says(t, said, "Left.")
		})
	}
}

func TestAnInterruptLeavesWithoutWriting(t *testing.T) {
	e, feed := demoProject(t)
	ctx, cancel := context.WithCancel(t.Context())
	in, answer := io.Pipe()
	defer answer.Close()
	out := &onText{text: "go through the findings?", do: cancel}
	go func() { _, _ = io.WriteString(answer, "\n\n") }()
	err := Accessible(ctx, Options{Project: e, Feed: feed, Demo: true, Survey: engine.SurveyRequest{Offline: true}}, in, out)
	if fault.KindOf(err) != fault.Interrupted {
		t.Errorf("%v\n%s", err, out.all.String())
	}
	if isThere(e.Dir(), "batten.yaml") {
		t.Error("something was written")
	}
}

// onText does something as soon as a text was written.
type onText struct {
	text string
	do   func()
	all  bytes.Buffer
}

func (o *onText) Write(p []byte) (int, error) {
	o.all.Write(p)
	if strings.Contains(o.all.String(), o.text) {
		o.do()
	}
	return len(p), nil
}

// seesThings is a project whose trace sees a few things.
type seesThings struct {
	Project
	feed *Feed
}

func (p seesThings) Trace(_ context.Context, r engine.TraceRequest) (*engine.TraceResult, error) {
	p.feed.Handle(engine.Waiting{For: "the workload"})
	p.feed.Handle(engine.Output{From: "web", Line: "\x1b[31mready"})
	p.feed.Handle(engine.Progress{Elapsed: 12 * time.Second, Services: []engine.ServiceProgress{{
		Service: "web", Phase: profiles.PhaseStartup, Calls: 2, Losses: []string{"an event was lost"},
		New: []engine.Sighting{{Kind: engine.KindCall, Name: "openat"}, {Kind: engine.KindFile, Name: "/etc/\u202epasswd"}},
	}}})
	return &engine.TraceResult{Services: []engine.ServiceResult{{Summary: engine.Summary{Ready: true}, Recording: "hardened/recordings/web.json"}}}, nil
}

func TestATraceIsToldInLines(t *testing.T) {
	said, _, err := talkThrough(t, func(o *Options) {
		o.Project, o.Demo = seesThings{o.Project, o.Feed}, false
	}, "", "w", "curl http://127.0.0.1/", "y", "q")
	if err != nil {
		t.Fatal(err)
	}
	says(t, said, "workload: a shell command", `web: \x1b[31mready`, "after 12 s, web, startup: 2 calls, 0 capabilities", "an event was lost", "new: openat, /etc/\\u202epasswd", "the trace is over", "hardened/recordings/web.json")
	for _, r := range said {
		if r < ' ' && r != '\n' || r == 0x7f {
			t.Fatalf("%q is written to the terminal", r)
		}
	}
}

func TestTheDemonstrationIsReplayedInLines(t *testing.T) {
	said, _, err := talkThrough(t, func(o *Options) { o.Project = still{o.Project} }, "", "y", "r", "q")
	if err != nil {
		t.Fatal(err)
	}
	says(t, said, "what to show?", "r replay, enter leaves it:", "the replay is over")
}

func TestReadOnlyOffersNeitherTracingNorWriting(t *testing.T) {
	said, dir, err := talkThrough(t, func(o *Options) { o.ReadOnly, o.Demo, o.ASCII = true, false, true }, "", "", "", "")
	if err != nil {
		t.Fatal(err)
	}
	says(t, said, "not now: started with --readonly: nothing is traced", "write the files, after a list of them: started with --readonly")
	for _, r := range said {
		if r >= 0x7f {
			t.Fatalf("%q is not ASCII", r)
		}
	}
	if isThere(dir, "compose.hardened.yml") {
		t.Error("it was written")
	}
}

func TestAProjectThatCannotBeReadIsAnError(t *testing.T) {
	var out bytes.Buffer
	err := Accessible(t.Context(), Options{Project: misbehaving{how: "fails"}, Feed: NewFeed()}, strings.NewReader("\n"), &out)
	if fault.KindOf(err) != fault.Environment || strings.Contains(out.String(), "is gone") {
		t.Errorf("%v %q: the caller says it", err, out.String())
	}
}

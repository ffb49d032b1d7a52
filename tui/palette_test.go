package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"batten/internal/fault"
	"batten/plan"
)

// someCommands are of the forms that the command line has.
var someCommands = []Command{
	{"inspect", "inspect [TARGET…]", "What is there, and what is wrong with it"},
	{"harden", "harden [SERVICE…]", "Show how the project would be hardened, or write it"},
	{"trace", "trace [TARGET…] [-- COMMAND]", "Record what services need"},
	{"explain", "explain WHAT…", "Say what a name is, and who needed it"},
	{"profile show", "profile show PROFILE", "Show what a service needs"},
	{"profile export", "profile export PROFILE --format FORMAT [-w FILE]", "Write a profile in the form of another tool"},
	{"verify", "verify [--profile FILE|--service NAME] -- COMMAND", "Run a command under its profile"},
}

// ran are the command lines that a session ran.
type ran struct {
	args [][]string
	text string
	err  error
}

func (r *ran) options(o *Options) {
	o.Commands, o.Flags = someCommands, []string{"-C", "folder"}
	o.Run = func(_ context.Context, args []string) (string, error) {
		r.args = append(r.args, args)
		return r.text, r.err
	}
}

func (r *ran) last() string {
	if len(r.args) == 0 {
		return ""
	}
	return strings.Join(r.args[len(r.args)-1], " ")
}

// offering is a session on a small plan that no engine made.
func offering(t *testing.T, w, h int, r *ran) *session {
	t.Helper()
	s := handmade(t, w, h, manyDecisions(2, 3)...)
	r.options(&s.m.options)
	s.m.after = timeless
	return s
}

func TestThePaletteOffersEveryVerbAndEveryCommand(t *testing.T) {
	s := offering(t, 120, 40, &ran{})
	s.keys(":")
	p := s.m.dialog().(*palette)
	for _, v := range s.m.verbs() {
		if !slices.ContainsFunc(p.entries, func(e entry) bool { return e.verb != nil && e.verb.id == v.id }) {
			t.Errorf("%s is not offered", v.id)
		}
	}
	for _, c := range someCommands {
		if !slices.ContainsFunc(p.entries, func(e entry) bool { return e.command != nil && *e.command == c }) {
			t.Errorf("%s is not offered", c.Line)
		}
	}
	s.keys("esc")
	s.keys("ctrl+p")
	s.write("write files")
	s.shows("write the files, after a list of them", "batten harden --write -C folder")
}

func TestTheBestFitIsOnTop(t *testing.T) {
	s := offering(t, 120, 40, &ran{})
	for typed, want := range map[string]string{
		"write": "write", "W": "write", "ctrl+r": "redo", "plan": "plan.toggle", "of group all": "plan.group", "profile sh": "profile show",
		"inspect": "inspect", "explain chmod": "explain", "batten trace web": "trace", "trace": "trace", "form tool": "profile export",
	} {
		s.keys(":")
		p := s.m.dialog().(*palette)
		s.write(typed)
		e := p.current()
		switch {
		case e == nil:
			t.Errorf("%q finds nothing", typed)
		case e.verb != nil && e.verb.id != want, e.command != nil && e.command.Line != want:
			t.Errorf("%q finds %q first, want %s", typed, e.does, want)
		}
		s.keys("esc")
	}
}

func TestAVerbOfAnotherScreenIsDoneThere(t *testing.T) {
	s := begin(t, 100, 30, (&ran{}).options)
	s.keys(":")
	s.write("plan.toggle")
	s.keys("enter")
	if s.m.screen().name() != "Plan" || s.m.decisions.open() != 1 || s.m.dialog() != nil {
		t.Errorf("on %s with %d decisions", s.m.screen().name(), s.m.decisions.open())
	}
	s.keys("1", ":")
	s.write("undo")
	s.keys("enter")
	if s.m.screen().name() != "Overview" || s.m.decisions.open() != 0 {
		t.Errorf("on %s with %d decisions", s.m.screen().name(), s.m.decisions.open())
	}
}

func TestWhatCannotBeDoneNowStaysAndSaysWhy(t *testing.T) {
	s := offering(t, 100, 30, &ran{})
	s.keys(":")
	s.write("redo")
	s.shows("redo it, not now", "not now: nothing to redo")
	s.keys("enter")
	s.shows("nothing to redo")
	if s.m.dialog() == nil {
		t.Error("the palette is closed")
	}
}

func TestACommandThatNeedsArgumentsAsksForThem(t *testing.T) {
	r := &ran{text: "what it needs\n"}
	s := offering(t, 100, 30, r)
	s.keys(":")
	s.write("profile sh")
	s.keys("enter")
	s.shows(": profile show ", "write what it needs: profile show PROFILE")
	s.write("'my web' --mode tight")
	s.keys("enter")
	if got := r.last(); got != "profile show my web --mode tight -C folder" {
		t.Fatalf("ran %q", got)
	}
	if args := r.args[0]; args[2] != "my web" {
		t.Errorf("%q", args)
	}
	s.shows("what it needs")
	s.keys("esc")
	if s.m.dialog() != nil {
		t.Error("a dialog is left")
	}
}

func TestEnterNeitherWritesNorStartsAnything(t *testing.T) {
	r := &ran{text: "done"}
	s := begin(t, 100, 30, r.options)
	for _, line := range []string{
		"harden --skip 'B003/web=it needs sudo' --write", "harden --write=true --set B028/web=1g", "trace web", "trace -- ./server", "verify -- ./server",
		"profile export web --format docker -w web.json", "profile export web --format docker -wweb.json",
	} {
		r.args = nil
		s.keys(":")
		s.write(line)
		s.keys("enter")
		if len(r.args) > 0 {
			t.Fatalf("%s was run by enter", line)
		}
		s.shows("run this?", "y run it")
		s.keys("enter")
		if len(r.args) > 0 {
			t.Fatalf("%s was run by enter", line)
		}
		s.keys("y")
		if len(r.args) != 1 || !slices.Contains(r.args[0], "folder") {
			t.Errorf("%s: ran %q", line, r.args)
		}
		s.keys("esc")
	}
}

func TestWhatIsHereAlreadyIsDoneHere(t *testing.T) {
	r := &ran{}
	s := begin(t, 100, 30, r.options)
	line := func(text string) {
		s.keys(":")
		s.write(text)
		s.keys("enter")
	}
	line("harden --write")
	s.shows("write these files?")
	s.keys("esc")
	line("batten harden --write -C folder")
	s.shows("write these files?")
	s.keys("esc")
	line("trace")
	s.shows("what to show?")
	s.keys("esc")
	line("explain CAP_CHOWN")
	s.shows("capability CAP_CHOWN")
	s.keys("esc")
	s.keys("3")
	line("inspect")
	if s.m.screen().name() != "Overview" || s.m.dialog() != nil {
		t.Error("inspect does not show the overview")
	}
	if len(r.args) > 0 {
		t.Errorf("ran %q", r.args)
	}
}

func TestReadOnlyRefusesWhatChangesSomething(t *testing.T) {
	r := &ran{text: "text\n"}
	s := offering(t, 100, 30, r)
	s.m.options.ReadOnly = true
	for _, line := range []string{"harden web --write", "trace web", "verify -- true", "profile export web --format spo --write x"} {
		s.keys(":")
		s.write(line)
		s.keys("enter")
		s.shows("started with --readonly")
		s.keys("esc")
	}
	if len(r.args) > 0 {
		t.Fatalf("ran %q", r.args)
	}
	s.keys(":")
	s.write("harden web")
	s.keys("enter")
	if r.last() != "harden web -C folder" {
		t.Errorf("ran %q", r.last())
	}
}

func TestOutputIsShownEscapedWithItsError(t *testing.T) {
	r := &ran{text: "one  two\n\x1b[2Jthree\r\u202e\n\tfour\n", err: fault.New(fault.Findings, "look closer", "two findings are open")}
	s := offering(t, 100, 30, r)
	s.keys(":")
	s.write("harden web")
	s.keys("enter")
	s.shows("one  two", `\x1b[2Jthree\r\u202e`, "    four", "two findings are open", "look closer")
	checkFrame(t, s.m)
	s.keys("esc")

	r.text, r.err = "", errors.New("there is no web")
	s.keys(":")
	s.write("harden web")
	s.keys("enter")
	s.shows("this did not work", "there is no web")
}

func TestALineThatAShellWouldTakeOtherwiseIsRefused(t *testing.T) {
	r := &ran{}
	s := offering(t, 100, 30, r)
	for _, line := range []string{"harden $HOME", "harden `id`", "harden web; rm x", "harden web > file", "harden 'web", `harden web\`, `harden "$X"`} {
		s.keys(":")
		s.write(line)
		s.keys("enter")
		if len(r.args) > 0 || s.m.dialog() == nil || s.m.dialog().(*palette).why == "" {
			t.Errorf("%s is taken: %q", line, r.args)
		}
		s.keys("esc")
	}
}

func TestThePaletteCopiesTheCommand(t *testing.T) {
	s := offering(t, 100, 30, &ran{})
	copied := func(key string) string {
		msgs := collect(s.m.press(keyOf(key)))
		return fmt.Sprint(msgs)
	}
	s.keys(":")
	s.write("write")
	if got := copied("ctrl+y"); !strings.Contains(got, "batten harden --write -C folder") {
		t.Errorf("copied %s", got)
	}
	s.keys("Y") // is text: something is being written
	if p := s.m.dialog().(*palette); p.field.value() != "writeY" {
		t.Errorf("the field is %q", p.field.value())
	}
	s.keys("esc", "3", ":")
	if got := copied("Y"); !strings.Contains(got, "batten harden") {
		t.Errorf("copied %s", got)
	}
	s.send(tea.PasteMsg{Content: "harden\nweb"})
	if p := s.m.dialog().(*palette); p.field.value() != "harden web" {
		t.Errorf("the field is %q", p.field.value())
	}
}

func TestThePaletteMovesByKeys(t *testing.T) {
	s := offering(t, 80, 24, &ran{})
	s.keys("ctrl+p", "down", "ctrl+n", "up", "ctrl+p", "ctrl+p")
	p := s.m.dialog().(*palette)
	if p.list.cursor != 0 {
		t.Errorf("at %d", p.list.cursor)
	}
	s.frame() // knows the height then
	s.keys("pgdown")
	if p.list.cursor == 0 {
		t.Error("page down does not move")
	}
	s.write("harden")
	s.keys("tab")
	if got := p.field.value(); got != "harden" { // it is being written already
		t.Errorf("the field is %q", got)
	}
}

func TestManyDecisionsAreNotSpelledOutToBeLookedAt(t *testing.T) {
	s := offering(t, 120, 40, &ran{})
	for i := range maxSpelled + 1 {
		s.m.decisions.now = append(s.m.decisions.now, plan.Setting{Rule: "B028", Service: fmt.Sprint("web", i), Value: "1g"})
	}
	s.keys(":")
	s.write("write")
	s.shows("501 decisions on one line: copy it")
	if got := fmt.Sprint(collect(s.m.press(keyOf("ctrl+y")))); !strings.Contains(got, "B028/web500=1g") {
		t.Error("the copied line lacks decisions")
	}
}

func TestPaletteFrames(t *testing.T) {
	frames(t, "palette", func(s *session) {
		s.m.options.Commands = someCommands
		s.keys("3", ":")
	})
	frames(t, "palette-line", func(s *session) {
		s.m.options.Commands = someCommands
		s.keys(":")
		s.write("profile show")
		s.keys("enter")
	})
}

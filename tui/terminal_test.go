package tui

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"batten/internal/engine"
	"batten/internal/fault"
	"batten/internal/testenv/console"
)

// asProgram makes the test binary show the program, with a project that misbehaves in
// the way that the variable says.
const asProgram = "BATTEN_TEST_PROJECT"

func TestMain(m *testing.M) {
	if how := os.Getenv(asProgram); how != "" {
		err := Run(context.Background(), Options{Project: misbehaving{how: how}, Feed: NewFeed()}, false)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		if code := fault.KindOf(err).ExitCode(); err != nil {
			os.Exit(code)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// misbehaving is a project whose first look goes wrong.
type misbehaving struct {
	Project
	how string
}

func (misbehaving) Dir() string { return "/" }

func (p misbehaving) Inspect(ctx context.Context, _ engine.SurveyRequest) (*engine.Inspection, error) {
	switch p.how {
	case "panics":
		panic("a defect")
	case "hangs":
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return nil, fault.New(fault.Environment, "start the engine", "ask \x1b[31mengine\x1b[0m\u202e: it is \x07gone")
}

func misbehave(t *testing.T, how string) *console.Console {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asProgram+"="+how)
	return console.Start(t, cmd, 80, 24)
}

func TestAPanicInWorkRestoresTheTerminal(t *testing.T) {
	c := misbehave(t, "panics")
	if code := c.End(); code != 4 {
		t.Errorf("exit code %d", code)
	}
	c.Restored()
	if !strings.Contains(c.Raw(), "a defect") {
		t.Error("the panic is not told")
	}
}

func TestWorkThatHangsIsCancelledByEscAndEndedByASignal(t *testing.T) {
	c := misbehave(t, "hangs")
	c.Wait("looking at the project", "esc cancels")
	c.Press("<esc>")
	c.Wait("cancelled")
	c.Press("R")
	c.Wait("looking at the project")
	c.Signal(syscall.SIGTERM)
	if code := c.End(); code != 130 {
		t.Errorf("exit code %d", code)
	}
	c.Restored()
}

func TestAnErrorIsShownEscapedWithWhatToDo(t *testing.T) {
	c := misbehave(t, "fails")
	c.Wait("this did not work", `\x1b[31mengine`, `\u202e`, "start the engine")
	c.Press("<esc>")
	c.Gone("this did not work")
	c.Press("q")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	c.Restored()
}

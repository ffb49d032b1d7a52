package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"batten/internal/testenv/console"
	"batten/internal/testenv/require"
)

// open starts batten in a terminal.
func open(t *testing.T, w, h int, args ...string) *console.Console {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = t.TempDir()
	return console.Start(t, cmd, w, h)
}

func TestTheDemonstrationGoesFromStartToWrittenFilesByKeysAlone(t *testing.T) {
	out := t.TempDir()
	c := open(t, 100, 30, "demo", "--out", out)
	c.Wait("batten", "Overview", "app", "cache", "db", "web", "score")

	c.Press("2")
	c.Wait("Trace", "s")
	c.Press("s")
	c.Wait("replay")
	c.Press("r")
	c.Wait("last minute", "things were seen")

	c.Press("3")
	c.Wait("Plan", "B0")
	c.Press("/", "B003", "<enter>")
	c.Wait("B003")
	c.Press("j", "<space>")
	c.Wait("1 decision not written")
	c.Press("u")
	c.Gone("not written")
	c.Press("<ctrl+r>")
	c.Wait("1 decision not written", "/B003")
	c.Press("<esc>")
	c.Gone("/B003")

	c.Press("4")
	c.Wait("Files", "compose.hardened.yml")

	c.Press("W")
	c.Wait("write these files?", "compose.hardened.yml", "esc")
	c.Press("<enter>") // does nothing
	c.Wait("write these files?")
	if _, err := os.Stat(filepath.Join(out, "shop", "compose.hardened.yml")); err == nil {
		t.Fatal("written before it was confirmed")
	}
	c.Press("y")
	c.Wait("start it", "APPLY.md")
	c.Press("<esc>")
	c.Gone("start it")
	for _, name := range []string{"compose.hardened.yml", "batten.yaml", "hardened/REPORT.md", "hardened/seccomp/web.json"} {
		if _, err := os.Stat(filepath.Join(out, "shop", name)); err != nil {
			t.Error(err)
		}
	}
	c.Gone("not written")
	c.Press("q")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	c.Restored()

	// Decisions are on disk: the next session begins with them.
	again := open(t, 100, 30, "-C", filepath.Join(out, "shop"), "--offline")
	again.Wait("app", "score")
	again.Press("3", "/", "B003", "<enter>")
	again.Wait("B003")
	again.Press("j", "j")
	again.Wait("left as it is by hand", "decided in batten.yaml")
	again.Press("<ctrl+c>")
	if code := again.End(); code != 130 {
		t.Errorf("exit code %d", code)
	}
	again.Restored()
}

func TestTheTerminalIsRestoredHoweverItEnds(t *testing.T) {
	for name, end := range map[string]struct {
		do   func(c *console.Console)
		code int
	}{
		"q":       {func(c *console.Console) { c.Press("q") }, 0},
		"ctrl+c":  {func(c *console.Console) { c.Press("<ctrl+c>") }, 130},
		"SIGTERM": {func(c *console.Console) { c.Signal(syscall.SIGTERM) }, 130},
		"SIGHUP":  {func(c *console.Console) { c.Signal(syscall.SIGHUP) }, 130},
		"in a replay": {func(c *console.Console) {
			c.Press("2", "s", "r")
			c.Wait("last minute", "replay")
			c.Press("<ctrl+c>")
		}, 130},
	} {
		t.Run(name, func(t *testing.T) {
			c := open(t, 80, 24, "demo")
			c.Wait("Overview", "web")
			c.Resize(120, 40)
			c.Press("M")
			c.Wait("mouse on")
			end.do(c)
			if code := c.End(); code != end.code {
				t.Errorf("exit code %d, want %d", code, end.code)
			}
			c.Restored()
		})
	}
}

// Only a shell that keeps jobs can be suspended to.
func TestASuspendedSessionComesBack(t *testing.T) {
	require.Tool(t, "docker", "bash")
	cmd := exec.Command("bash", "--norc", "--noprofile", "-ic", program+" demo; echo it is stopped; read -r line; fg")
	cmd.Dir = t.TempDir()
	c := console.Start(t, cmd, 80, 24)
	c.Wait("Overview", "web")
	c.Press("<ctrl+z>")
	c.Wait("it is stopped")
	c.Restored()
	c.Press("<enter>")
	c.Wait("Overview", "web")
	c.Press("3")
	c.Wait("Plan", "B0")
	c.Press("q")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestWhereItCannotBeShownOneLineSaysWhatCan(t *testing.T) {
	dumb := exec.Command("/usr/bin/env", "TERM=dumb", program)
	c := console.Start(t, dumb, 80, 24)
	if code := c.End(); code != 2 {
		t.Errorf("exit code %d", code)
	}
	if raw := c.Raw(); !strings.Contains(raw, `TERM="dumb" cannot show`) || !strings.Contains(raw, "batten inspect") || strings.Contains(raw, "\x1b[?1049h") {
		t.Errorf("%q", raw)
	}

	small := open(t, 10, 3, "demo")
	small.Wait("batten")
	small.Resize(80, 24)
	small.Wait("Overview", "web")
	small.Resize(10, 3)
	small.Wait("needs")
	small.Press("q")
	if code := small.End(); code != 0 {
		t.Errorf("exit code %d", code)
	}

	out, err := exec.Command(program).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "the interactive view needs a terminal") {
		t.Errorf("%v %s", err, out)
	}
}

// The same line as from the command line, by keys alone, on containers that run here.
func TestAProjectIsTracedAndHardenedByKeysAndServesHardened(t *testing.T) {
	s := newShop(t, "keys")
	cmd := exec.Command(program)
	cmd.Dir = s.dir
	c := console.Start(t, cmd, 120, 40)
	c.Wait("4 services", "score", "image")
	c.Press("2", "w")
	c.Wait("workload")
	c.Press("./workload.sh", "<enter>")
	c.Wait("./workload.sh")
	c.Press("s")
	c.Wait("esc cancels", "call", "steady")
	c.WaitLong(3*time.Minute, "esc close")
	c.Press("<esc>")
	c.Gone("the trace is over")
	c.Press("1")
	c.Wait("traced")
	c.Gone("looking at the project")
	c.Press("W")
	c.Wait("write these files?")
	c.Press("y")
	c.Wait("start it", "APPLY.md")
	c.Press("<esc>")
	c.Gone("start it")
	c.Press("q")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	c.Restored()

	s.servesHardened(t)
}

func TestTheBundledServiceIsTracedLiveWithoutAnEngine(t *testing.T) {
	out := t.TempDir()
	c := open(t, 120, 36, "demo", "--out", out)
	c.Wait("Overview", "web", "score")
	c.Press("2", "s")
	c.Wait("guestbook live")
	c.Press("l")
	c.Wait("listening on 127.0.0.1:")
	c.Wait("the trace is over", "it can be enforced", "kept in")
	c.Press("<esc>")
	c.Gone("the trace is over")
	c.Press("q")
	if code := c.End(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	for _, name := range []string{"recordings", "seccomp"} {
		if _, err := os.Stat(filepath.Join(out, "shop", "hardened", name, "guestbook.json")); err != nil {
			t.Error(err)
		}
	}
}

package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"batten/internal/engine"
	"batten/internal/fault"
	"batten/tui"
)

// theRoot is the tree of commands with nothing behind it.
func theRoot() *cobra.Command {
	return newRoot(&app{stdin: strings.NewReader(""), stdout: &results{file: io.Discard}, stderr: io.Discard})
}

// known tells why words are no command line, nil when they are one.
func known(words []string) error {
	root := theRoot()
	c, rest, err := root.Find(words)
	if err != nil {
		return err
	}
	if c == root {
		return fault.New(fault.Usage, "", "no command in %q", words)
	}
	if err := c.ParseFlags(rest); err != nil {
		return err
	}
	return c.ValidateArgs(c.Flags().Args())
}

func TestWhatKeysDoCanBeDoneByCommands(t *testing.T) {
	lines := tui.VerbCommands()
	if len(lines) < 10 {
		t.Errorf("only %d verbs have commands", len(lines))
	}
	for id, words := range lines {
		if words[0] != "batten" {
			t.Errorf("%s: %q", id, words)
		}
		if err := known(words[1:]); err != nil {
			t.Errorf("%s: %q is no command line: %v", id, words, err)
		}
	}
	if err := known([]string{"harden", "--no-such-flag"}); err == nil {
		t.Error("a flag that there is not is taken")
	}
}

func TestThePaletteOffersEveryCommand(t *testing.T) {
	root := theRoot()
	offered := map[string]bool{}
	for _, c := range paletteCommands(root) {
		offered[c.Line] = true
		if !strings.HasPrefix(c.Usage, c.Line) || c.Short == "" {
			t.Errorf("%+v", c)
		}
	}
	var walk func(c *cobra.Command, path []string)
	walk = func(c *cobra.Command, path []string) {
		for _, sub := range c.Commands() {
			at := append(slices.Clone(path), sub.Name())
			line := strings.Join(at, " ")
			if wanted := !sub.Hidden && !sub.HasSubCommands(); wanted != offered[line] {
				t.Errorf("%s: offered %v, want %v", line, offered[line], wanted)
			}
			walk(sub, at)
		}
	}
	walk(root, nil)
	for _, line := range []string{"inspect", "profile export", "completion"} {
		if !offered[line] {
			t.Errorf("%s is not offered", line)
		}
	}
}

func TestALineIsRunInThisProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shop")
	if err := engine.UnpackDemo(dir); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CLICOLOR_FORCE", "1")
	a := &app{}
	text, err := a.runLine(t.Context(), []string{"harden", "--offline", "--skip", "B003/web=it needs sudo", "-C", dir})
	if err != nil || !strings.Contains(text, "would write") || !strings.Contains(text, "compose.hardened.yml") {
		t.Fatalf("%v %s", err, text)
	}
	if strings.Contains(text, "\x1b") {
		t.Error("it is coloured")
	}
	if _, err := os.Stat(filepath.Join(dir, "compose.hardened.yml")); err == nil {
		t.Error("it wrote without --write")
	}
	text, err = a.runLine(t.Context(), []string{"check", "--offline", "-C", dir})
	if fault.KindOf(err) != fault.Findings || !strings.Contains(text, "B003/web") {
		t.Errorf("%v %s", err, text)
	}
	if _, err = a.runLine(t.Context(), []string{"profile", "show", "nobody", "-C", dir}); fault.KindOf(err) != fault.Usage {
		t.Errorf("%v", err)
	}
}

func TestWhatWantsTheTerminalIsRefused(t *testing.T) {
	a := &app{}
	for _, args := range [][]string{nil, {"--readonly"}, {"demo"}, {"demo", "--theme", "mono"}} {
		text, err := a.runLine(t.Context(), args)
		if fault.KindOf(err) != fault.Usage || text != "" || !strings.Contains(err.Error(), "interactive view") {
			t.Errorf("%q: %v %s", args, err, text)
		}
	}
	text, err := a.runLine(t.Context(), []string{"--version"})
	if err != nil || !strings.Contains(text, "batten") {
		t.Errorf("%v %s", err, text)
	}
}

func TestACancelledTraceKeepsWhatItRecorded(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := (&app{}).runLine(ctx, []string{"trace", "--backend", "ptrace", "--name", "loop", "-C", dir, "--", "sh", "-c", "cd " + dir + "; " + loop})
		done <- err
	}()
	until(t, "the loop", func() bool { _, err := os.Stat(filepath.Join(dir, "made")); return err == nil })
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if !calls(t, filepath.Join(dir, "hardened/recordings/loop.json"))["mkdir"] {
		t.Error("what was recorded is lost")
	}
}

func TestOutputIsBounded(t *testing.T) {
	p := &printed{}
	for range 5 {
		if n, err := p.Write(make([]byte, 1<<20)); n != 1<<20 || err != nil {
			t.Fatal(n, err)
		}
	}
	if text := p.text(); len(text) > maxPrinted+100 || !strings.HasSuffix(text, "and 1048576 bytes more, which are left out\n") {
		t.Errorf("%d bytes", len(text))
	}
}

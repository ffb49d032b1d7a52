package images

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"batten/internal/docker"
	"batten/internal/testenv/require"
)

func TestEveryProgramBuildsAndAnUnchangedOneIsNotBuiltTwice(t *testing.T) {
	sources, err := filepath.Glob(filepath.Join(folder(t), "programs", "*.c"))
	if err != nil || len(sources) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, source := range sources {
		name := strings.TrimSuffix(filepath.Base(source), ".c")
		path := Program(t, name)
		before, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if after, err := os.Stat(Program(t, name)); err != nil || !os.SameFile(before, after) {
			t.Errorf("%s was built again", name)
		}
	}
}

func TestKnownMakesExactlyTheCallsOfItsList(t *testing.T) {
	strace := require.Tool(t, "ebpf", "strace")
	log := filepath.Join(t.TempDir(), "log")
	if out, err := exec.Command(strace, "-o", log, Program(t, "known")).CombinedOutput(); err != nil {
		t.Fatalf("run under strace: %v\n%s", err, out)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, match := range regexp.MustCompile(`(?m)^(\w+)\(`).FindAllStringSubmatch(string(text), -1) {
		got = append(got, match[1])
	}
	want := append([]string{"execve"}, KnownCalls(t)...)
	if !slices.Equal(got, want) {
		t.Errorf("calls\n got %v\nwant %v", got, want)
	}
}

func TestScratchImagesRunTheirProgram(t *testing.T) {
	engine := require.Docker(t)
	for name, want := range map[string]struct {
		code   int
		output string
	}{"threads": {0, "ok\n"}, "known": {0, "known\n"}, "brief": {7, ""}} {
		id := Run(t, engine, docker.Spec{Image: Scratch(t, name)})
		code, err := engine.Wait(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		output, err := engine.Logs(t.Context(), id)
		if err != nil || code != want.code || output != want.output {
			t.Errorf("%s: exit code %d, output %q, error %v", name, code, output, err)
		}
	}
}

func TestTheServicesImageIsMadeOnce(t *testing.T) {
	engine := require.Docker(t)
	first, err := engine.ImageInspect(t.Context(), Services(t))
	if err != nil {
		t.Fatal(err)
	}
	second, err := engine.ImageInspect(t.Context(), Services(t))
	if err != nil || first.ID != second.ID {
		t.Errorf("made again: %s then %s, %v", first.ID, second.ID, err)
	}
}

package confined

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"batten/internal/launch"
	"batten/internal/scenarios"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
	"batten/trace/ptrace"
)

// ways are the tracers and their ways of recording files.
var ways = map[string]trace.Tracer{
	"lsm":    ebpf.New(ebpf.Options{Files: profiles.FilesLSM}),
	"fentry": ebpf.New(ebpf.Options{Files: profiles.FilesFentry}),
	"calls":  ebpf.New(ebpf.Options{Files: profiles.FilesCalls}),
	"ptrace": ptrace.New(ptrace.Options{}),
}

// subjects write a temporary file and rename it over its target, use paths relative
// to descriptors, use links, map a library, execute helpers through a shell, and step
// down from root.
var subjects = []string{"rename", "dirfd", "links", "map", "library", "helpers", "drop"}

func TestAProfileOfEveryWayOfRecordingLetsItsProgramWork(t *testing.T) {
	if !inside(t) {
		return
	}
	w := newWatch(t)
	for way, tracer := range ways {
		t.Run(way, func(t *testing.T) {
			places := map[string]scenarios.Place{}
			recorded := traceAll(t, tracer, places, rounds(way))
			for _, name := range subjects {
				t.Run(name, func(t *testing.T) {
					confine(t, w, way+"."+name, places[name], recorded[name])
				})
			}
		})
	}
}

// rounds is how often a subject is recorded. Where calls are looked at, a name that is
// gone at once may have to be guessed: what one round guesses another one sees.
func rounds(way string) int {
	if way == string(profiles.FilesCalls) {
		return 3
	}
	return 1
}

// traceAll records every subject in one session, one after the other.
func traceAll(t *testing.T, tracer trace.Tracer, places map[string]scenarios.Place, rounds int) map[string]profiles.Profile {
	t.Helper()
	in, hold, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	// A session is over with its last command: this one stays until all are added.
	s, err := tracer.Start(t.Context(), []trace.Target{target("cat", launch.Command{Args: []string{"cat"}, Stdin: in})})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range scenarios.All() {
		if !slices.Contains(subjects, one.Name) {
			continue
		}
		places[one.Name] = scenarios.Here(t, one)
	}
	var order []string
	for range rounds {
		order = append(order, subjects...)
	}
	for _, name := range order {
		empty(t, places[name].Work)
		out, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		err = s.Add(target(name, launch.Command{Args: places[name].Command(), Stdout: write}))
		write.Close()
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(out); err != nil || string(text) != "ok\n" {
			t.Fatalf("%s printed %q, %v", name, text, err)
		}
		out.Close()
	}
	hold.Close()
	select {
	case <-s.Exited():
	case <-time.After(time.Minute):
		t.Error("they do not end")
	}
	all, err := s.Close()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]profiles.Profile{}
	for i, name := range order {
		p := all[1+i].Profile()
		if have, ok := found[name]; ok {
			if p, err = profiles.Merge(have, p); err != nil {
				t.Fatal(err)
			}
		}
		found[name] = p
	}
	return found
}

// empty makes a work folder what it was at first.
func empty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}

func target(name string, c launch.Command) trace.Target {
	return trace.Target{Service: profiles.Service{Name: name, Kind: profiles.KindCommand}, Command: &c}
}

// confine runs a program once more under the profile of its recording.
func confine(t *testing.T, w *watch, name string, p scenarios.Place, recorded profiles.Profile) {
	t.Helper()
	name = "batten.scenario." + name
	result := profile(t, name, recorded)
	empty(t, p.Work)
	out, err := exec.CommandContext(t.Context(), "aa-exec", append([]string{"-p", name, "--"}, p.Command()...)...).CombinedOutput()
	none(t, "under the profile", first(w.denials(t, name)))
	if err != nil || string(out) != "ok\n" {
		t.Errorf("it printed %q, %v", out, err)
	}
	if t.Failed() {
		t.Logf("profile:\n%s", shown(result.Text))
	}
}

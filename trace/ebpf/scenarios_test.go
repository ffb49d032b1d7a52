package ebpf_test

import (
	"errors"
	"io"
	"os"
	"testing"

	"batten/internal/launch"
	"batten/internal/scenarios"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
)

// allWays is set in the environment where the kernel offers every way.
const allWays = "BATTEN_ALL_FILE_WAYS"

// fileWays are the ways of recording files, each with the forms in which it differs.
var fileWays = []ebpf.Options{
	{Form: ebpf.FormBTF, Files: profiles.FilesLSM},
	{Form: ebpf.FormBTF, Files: profiles.FilesFentry},
	{Form: ebpf.FormBTF, Files: profiles.FilesCalls},
	{Form: ebpf.FormRaw, Files: profiles.FilesCalls},
	{Form: ebpf.FormTracepoint, Files: profiles.FilesCalls},
}

// attempts is how often a scenario is run until nothing had to be guessed. Where calls
// are looked at, names are resolved when a call is over, and a program that removes a
// link at once can be faster on a busy machine. The recording then says so.
const attempts = 20

func TestEveryScenarioIsRecordedExactlyOrSaysThatItGuessed(t *testing.T) {
	for _, o := range fileWays {
		t.Run(string(o.Files)+"/"+string(o.Form), func(t *testing.T) {
			session, err := ebpf.New(o).Start(t.Context(), nil)
			if errors.Is(err, trace.ErrUnsupported) && o.Files != profiles.FilesCalls && os.Getenv(allWays) == "" {
				t.Logf("this kernel refuses programs at hooks, and calls are looked at instead: %v", err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			r := &runner{Session: session}
			defer r.Close()
			r.stay(t)
			for _, s := range scenarios.All() {
				t.Run(s.Name, func(t *testing.T) {
					if why := s.Unfit[o.Files]; why != "" {
						t.Log(why)
						return
					}
					r.try(t, s, o.Files)
				})
			}
		})
	}
}

// runner runs commands one after the other in one session.
type runner struct {
	trace.Session
	targets int
}

// stay adds a command that ends with the test: a session is over with its last one.
func (r *runner) stay(t *testing.T) {
	in, hold, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); hold.Close() })
	if err := r.Add(command(launch.Command{Args: []string{"cat"}, Stdin: in})); err != nil {
		t.Fatal(err)
	}
	r.targets = 1
}

// run runs a command to the end of its output and returns what was recorded. Losses
// are those of this run alone.
func (r *runner) run(t *testing.T, args []string) (profiles.Recording, string) {
	t.Helper()
	before := r.last(t).Loss
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	err = r.Add(command(launch.Command{Args: args, Stdout: in}))
	in.Close()
	if err != nil {
		t.Fatal(err)
	}
	r.targets++
	text, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	rec := r.last(t)
	rec.Loss.Paths -= before.Paths
	rec.Loss.Strings -= before.Strings
	return rec, string(text)
}

func (r *runner) last(t *testing.T) profiles.Recording {
	t.Helper()
	all, err := r.Snapshot()
	if err != nil || len(all) != r.targets {
		t.Fatalf("%d recordings, %v", len(all), err)
	}
	return all[r.targets-1]
}

func (r *runner) try(t *testing.T, s scenarios.Scenario, way profiles.FileTracing) {
	t.Helper()
	for n := 1; ; n++ {
		place := scenarios.Here(t, s)
		rec, out := r.run(t, place.Command())
		if out != "ok\n" {
			t.Fatalf("the program printed %q", out)
		}
		if rec.Run.Files != way {
			t.Errorf("recorded by %q", rec.Run.Files)
		}
		wrong := scenarios.Differences(s, place, rec)
		if len(wrong) == 0 {
			return
		}
		if rec.Loss.Guessed == 0 || way != profiles.FilesCalls || n == attempts {
			for _, d := range wrong {
				t.Error(d)
			}
			return
		}
		t.Logf("again: %d names were guessed", rec.Loss.Guessed)
	}
}

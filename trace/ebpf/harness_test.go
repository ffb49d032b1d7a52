package ebpf_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"batten/internal/docker"
	"batten/internal/launch"
	"batten/internal/testenv/require"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
)

func TestMain(m *testing.M) {
	launch.Hook()
	os.Exit(m.Run())
}

// start opens a session without targets.
func start(t *testing.T, o ebpf.Options, targets ...trace.Target) trace.Session {
	t.Helper()
	require.EBPF(t)
	s, err := ebpf.New(o).Start(t.Context(), targets)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// stop ends a session and returns its recordings.
func stop(t *testing.T, s trace.Session) []profiles.Recording {
	t.Helper()
	rs, err := s.Close()
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// record runs one command to its end under a tracer.
func record(t *testing.T, o ebpf.Options, c launch.Command) (profiles.Recording, int) {
	t.Helper()
	s := start(t, o, command(c))
	select {
	case <-s.Exited():
	case <-time.After(time.Minute):
		t.Error("the command did not end")
	}
	code := s.ExitCode()
	return stop(t, s)[0], code
}

func command(c launch.Command) trace.Target {
	return trace.Target{Service: profiles.Service{Name: "test", Kind: profiles.KindCommand}, Command: &c}
}

// container is the target of a container that starts under the session.
func container(id string) trace.Target {
	return trace.Target{
		Service: profiles.Service{Name: id[:12], Kind: profiles.KindContainer}, Container: id,
		Run: profiles.Run{StartupSeen: true, Seccomp: profiles.SeccompRecord},
	}
}

// recordOption is the engine's form of the filter that lets everything through.
const recordOption = `seccomp={"defaultAction":"SCMP_ACT_ALLOW","syscalls":[]}`

// wait waits for a container to stop.
func wait(t *testing.T, engine *docker.Engine, id string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	code, err := engine.Wait(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// calls lists the distinct names of one part, sorted.
func calls(r profiles.Recording, part profiles.Part) []string {
	var out []string
	for _, s := range r.Syscalls {
		if s.Part == part && !slices.Contains(out, s.Name) {
			out = append(out, s.Name)
		}
	}
	slices.Sort(out)
	return out
}

func distinct(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, " "), strings.Join(want, " "))
	}
}

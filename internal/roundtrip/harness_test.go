package roundtrip

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"batten/generators/seccomp"
	"batten/internal/docker"
	"batten/internal/launch"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
	"batten/internal/testenv/workload"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
)

func TestMain(m *testing.M) {
	launch.Hook()
	os.Exit(m.Run())
}

// subject is what goes round: how to run it, and what to do with it while it runs.
type subject struct {
	name string
	spec docker.Spec
	// drive uses the running container and leaves it running or stopped.
	drive func(ctx context.Context, t *testing.T, engine *docker.Engine, id string)
}

// service is the subject of one of the real services: driven, restarted, checked.
func service(t *testing.T, s workload.Service) subject {
	spec := s.Spec(images.Services(t))
	spec.HealthCheck = nil
	return subject{name: s.Name, spec: spec, drive: func(ctx context.Context, t *testing.T, engine *docker.Engine, id string) {
		t.Helper()
		target, err := workload.Locate(ctx, engine, id)
		if err == nil {
			_, err = s.Cycle(ctx, target)
		}
		if err != nil {
			t.Error(err)
		}
	}}
}

// program is the subject of one static program that runs to its end.
func program(t *testing.T, name string, args ...string) subject {
	return subject{name: name, spec: docker.Spec{Image: images.Scratch(t, name), Command: args, Network: "none"},
		drive: func(ctx context.Context, t *testing.T, engine *docker.Engine, id string) {
			t.Helper()
			code, err := engine.Wait(ctx, id)
			if err != nil || code != 0 {
				out, _ := engine.Logs(ctx, id)
				t.Errorf("%s: exit code %d, %v\n%s", name, code, err, out)
			}
		}}
}

// trial runs a subject once under a filter and returns what was seen of it.
func trial(t *testing.T, s subject, filter string, nnp bool, more func(ctx context.Context, engine *docker.Engine, id string)) profiles.Recording {
	t.Helper()
	require.EBPF(t)
	engine := require.Docker(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	session, err := ebpf.New(ebpf.Options{Refusals: true}).Start(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.spec.SecurityOpt = []string{"seccomp=" + filter}
	if nnp {
		s.spec.SecurityOpt = append(s.spec.SecurityOpt, "no-new-privileges")
	}
	id := images.Run(t, engine, s.spec)
	err = session.Add(trace.Target{
		Service: profiles.Service{Name: s.name, Kind: profiles.KindContainer}, Container: id,
		Run: profiles.Run{NoNewPrivileges: nnp, Seccomp: profiles.SeccompRecord, StartupSeen: true, Runtime: runtimeOf(ctx, t, engine)},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.drive(ctx, t, engine, id)
	if more != nil {
		more(ctx, engine, id)
	}
	if err := engine.Stop(ctx, id, 20*time.Second); err != nil {
		t.Error(err)
	}
	rs, err := session.Close()
	if err != nil {
		t.Fatal(err)
	}
	return rs[0]
}

func runtimeOf(ctx context.Context, t *testing.T, engine *docker.Engine) string {
	t.Helper()
	facts, err := engine.Facts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(facts.Runtime + " " + facts.RuntimeVersion)
}

const recordFilter = `{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[]}`

// recordSubject is the first half of the round.
func recordSubject(t *testing.T, s subject, nnp bool) profiles.Profile {
	t.Helper()
	r := trial(t, s, recordFilter, nnp, nil)
	if len(r.Denied) > 0 {
		t.Errorf("denied while recording: %s", denials(r))
	}
	if !r.Run.StartupSeen || !r.Loss.Complete() {
		t.Errorf("start seen %v, loss %+v", r.Run.StartupSeen, r.Loss)
	}
	return r.Profile()
}

func generate(t *testing.T, p profiles.Profile, mode seccomp.Mode, nnp bool) *seccomp.Result {
	t.Helper()
	result, err := seccomp.Generate(p, seccomp.Options{Mode: mode, NoNewPrivileges: nnp})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// denials lists what was refused, as "part call errno". clone3 is answered ENOSYS
// by every profile, so that the C library falls back to clone; that is no loss.
func denials(r profiles.Recording) []string {
	var out []string
	for _, d := range r.Denied {
		if d.Name == "clone3" && d.Errno == 38 {
			continue
		}
		out = append(out, fmt.Sprintf("%s %s %d", d.Part, d.Name, d.Errno))
	}
	slices.Sort(out)
	return out
}

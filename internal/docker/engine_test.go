package docker_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"batten/internal/docker"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
)

// unique is a name that no killed run before this one can have left behind.
func unique(word string) string { return fmt.Sprintf("batten-test-%s-%d", word, os.Getpid()) }

func TestFactsOfTheEngine(t *testing.T) {
	facts, err := require.Docker(t).Facts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if facts.Version == "" || facts.APIVersion == "" || facts.Runtime == "" || facts.RuntimePath == "" ||
		facts.CgroupDriver == "" || facts.KernelVersion == "" || !slices.Contains([]string{"1", "2"}, facts.CgroupVersion) {
		t.Errorf("facts are missing: %+v", facts)
	}
	t.Logf("%+v", facts)
}

func TestInspectTellsWhatAContainerWasGiven(t *testing.T) {
	engine := require.Docker(t)
	name := unique("inspect")
	profile := `{"defaultAction":"SCMP_ACT_ALLOW"}`
	id := images.Run(t, engine, docker.Spec{
		Image:       images.Scratch(t, "sleeper"),
		Name:        name,
		Command:     []string{"argument"},
		User:        "1000:1000",
		Env:         map[string]string{"PASSWORD": "hunter2", "A": ""},
		Labels:      map[string]string{docker.LabelProject: "shop", docker.LabelService: "web"},
		SecurityOpt: []string{"no-new-privileges", "seccomp=" + profile},
		CapAdd:      []string{"NET_BIND_SERVICE"},
		CapDrop:     []string{"ALL"},
		ReadOnly:    true,
		HealthCheck: []string{"/sleeper", "--version"},
		Binds:       []string{t.TempDir() + ":/in:ro"},
		Tmpfs:       map[string]string{"/tmp": "size=1m"},
	})
	for _, key := range []string{id, id[:12], name} {
		got, err := engine.Inspect(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if got.ID != id || len(id) != 64 || got.Name != name || got.State != "running" || got.PID == 0 {
			t.Errorf("identity: %+v", got)
		}
	}
	got, err := engine.Inspect(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got.User != "1000:1000" || !got.NoNewPrivileges || got.Seccomp != profile || got.Privileged || !got.ReadOnly ||
		!slices.Equal(got.CapAdd, []string{"CAP_NET_BIND_SERVICE"}) || !slices.Equal(got.CapDrop, []string{"ALL"}) {
		t.Errorf("privileges: %+v", got)
	}
	if !slices.Equal(got.Entrypoint, []string{"/sleeper"}) || !slices.Equal(got.Command, []string{"argument"}) ||
		!slices.Equal(got.HealthCheck, []string{"/sleeper", "--version"}) || !strings.HasPrefix(got.ImageID, "sha256:") {
		t.Errorf("program: %+v", got)
	}
	if got.Project != "shop" || got.Service != "web" || got.Address() == "" {
		t.Errorf("place: %+v", got)
	}
	if len(got.Mounts) != 2 || got.Mounts[0].Destination != "/in" || got.Mounts[0].Writable || got.Mounts[1].Kind != "tmpfs" {
		t.Errorf("mounts: %+v", got.Mounts)
	}
	if !slices.Contains(got.EnvNames, "PASSWORD") || strings.Contains(strings.Join(got.EnvNames, " "), "hunter2") {
		t.Errorf("environment: %q", got.EnvNames)
	}
	values, err := engine.Environment(t.Context(), id)
	if err != nil || values["PASSWORD"] != "hunter2" {
		t.Errorf("asked for values: %d of them, %v", len(values), err)
	}
}

func TestWhatIsNotThereIsSaidToBeMissing(t *testing.T) {
	engine, ctx, name := require.Docker(t), t.Context(), "batten-test-absent"
	_, inspect := engine.Inspect(ctx, name)
	_, wait := engine.Wait(ctx, name)
	_, logs := engine.Logs(ctx, name)
	_, _, exec := engine.Exec(ctx, name, "", "true")
	for call, err := range map[string]error{
		"inspect": inspect, "wait": wait, "logs": logs, "exec": exec,
		"start": engine.Start(ctx, name), "stop": engine.Stop(ctx, name, 0), "kill": engine.Kill(ctx, name, "TERM"),
		"restart": engine.Restart(ctx, name, 0), "remove": engine.Remove(ctx, name),
	} {
		if !errors.Is(err, docker.ErrNoContainer) {
			t.Errorf("%s: %v", call, err)
		}
	}
	if _, err := engine.Run(ctx, docker.Spec{Image: "batten-test/absent:1"}); !errors.Is(err, docker.ErrNoImage) {
		t.Errorf("run: %v", err)
	}
	if exists, err := engine.ImageExists(ctx, "batten-test/absent:1"); exists || err != nil {
		t.Errorf("image exists: %v, %v", exists, err)
	}
	if err := engine.RemoveNetwork(ctx, name); !errors.Is(err, docker.ErrNoNetwork) {
		t.Errorf("network: %v", err)
	}
}

func TestListFindsAProjectsContainers(t *testing.T) {
	engine := require.Docker(t)
	ref := images.Scratch(t, "sleeper")
	for _, service := range []string{"web", "db"} {
		images.Run(t, engine, docker.Spec{Image: ref, Labels: map[string]string{
			docker.LabelProject: "batten-test-list", docker.LabelService: service,
		}})
	}
	brief := images.Run(t, engine, docker.Spec{Image: images.Scratch(t, "brief"), Labels: map[string]string{
		docker.LabelProject: "batten-test-list", docker.LabelService: "job",
	}})
	if _, err := engine.Wait(t.Context(), brief); err != nil {
		t.Fatal(err)
	}
	for stopped, want := range map[bool]string{false: "db web", true: "db job web"} {
		listed, err := engine.ListProject(t.Context(), "batten-test-list", stopped)
		if err != nil {
			t.Fatal(err)
		}
		var services []string
		for _, one := range listed {
			services = append(services, one.Service)
		}
		if got := strings.Join(services, " "); got != want {
			t.Errorf("stopped too %v: %q, want %q", stopped, got, want)
		}
	}
}

func TestAContainerThatCannotStartIsNotLeftBehind(t *testing.T) {
	engine := require.Docker(t)
	label := "batten.test.cannot-start"
	_, err := engine.Run(t.Context(), docker.Spec{
		Image: images.Scratch(t, "brief"), Entrypoint: []string{"/absent"}, Labels: map[string]string{label: ""},
	})
	if err == nil {
		t.Fatal("started a program that is not there")
	}
	if left, err := engine.List(t.Context(), label, true); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestExecGivesExitCodeAndOutputAndEndsWithItsContext(t *testing.T) {
	engine := require.Docker(t)
	id := images.Run(t, engine, docker.Spec{Image: images.Services(t), Command: []string{"sleep", "1000"}})
	code, output, err := engine.Exec(t.Context(), id, "postgres", "sh", "-c", "id -un; echo wrong >&2; exit 3")
	if err != nil || code != 3 || output != "postgres\nwrong\n" {
		t.Errorf("exit code %d, output %q, error %v", code, output, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, _, err := engine.Exec(ctx, id, "", "sleep", "1000"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestLifecycle(t *testing.T) {
	engine, ctx := require.Docker(t), t.Context()
	id := images.Run(t, engine, docker.Spec{Image: images.Scratch(t, "sleeper")})
	if err := engine.Kill(ctx, id, "USR1"); err != nil {
		t.Fatal(err)
	}
	if err := engine.Restart(ctx, id, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if err := engine.Stop(ctx, id, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if code, err := engine.Wait(ctx, id); err != nil || code != 0 {
		t.Errorf("exit code %d, %v", code, err)
	}
	if logs, err := engine.Logs(ctx, id); err != nil || strings.Count(logs, "bye") != 2 {
		t.Errorf("logs %q, %v", logs, err)
	}
}

func TestAContainerJoinsTheNetworkThatIsNamed(t *testing.T) {
	engine, name := require.Docker(t), unique("network")
	id, err := engine.CreateNetwork(t.Context(), name, true, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.RemoveNetwork(require.Context(t), id); err != nil {
			t.Error(err)
		}
	})
	container := images.Run(t, engine, docker.Spec{Image: images.Scratch(t, "sleeper"), Network: name})
	got, err := engine.Inspect(t.Context(), container)
	if err != nil || len(got.Networks) != 1 || got.Networks[0].Name != name {
		t.Errorf("networks %v, %v", got.Networks, err)
	}
}

package ebpf_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"batten/internal/docker"
	"batten/internal/launch"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
)

func TestAnExecIntoAContainerWithoutAFilterIsRecorded(t *testing.T) {
	require.EBPF(t)
	engine, image := require.Docker(t), images.Services(t)
	s := start(t, ebpf.Options{})
	id, err := engine.Create(t.Context(), docker.Spec{Image: image, Entrypoint: []string{"sleep", "1000"}, SecurityOpt: []string{"seccomp=unconfined"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Remove(require.Context(t), id) })
	target := container(id)
	target.Run.Seccomp = profiles.SeccompUnconfined
	if err := s.Add(target); err != nil {
		t.Fatal(err)
	}
	if err := engine.Start(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, _, err := engine.Exec(t.Context(), id, "", "uname"); err != nil {
		t.Fatal(err)
	}
	r := stop(t, s)[0]
	if !slices.Contains(calls(r, profiles.PartExec), "uname") || !slices.Contains(calls(r, profiles.PartApplication), "clock_nanosleep") {
		t.Errorf("application %v, exec %v", calls(r, profiles.PartApplication), calls(r, profiles.PartExec))
	}
}

func TestTheRestartOfAContainerThatRanBeforeIsAStart(t *testing.T) {
	require.EBPF(t)
	engine, image := require.Docker(t), images.Services(t)
	id := images.Run(t, engine, docker.Spec{Image: image, Entrypoint: []string{"sh", "-c", "uname; exec sleep 1000"}, SecurityOpt: []string{recordOption}})
	target := container(id)
	target.Run.StartupSeen = false
	s := start(t, ebpf.Options{}, target)
	if err := engine.Restart(t.Context(), id, 0); err != nil {
		t.Fatal(err)
	}
	if _, _, err := engine.Exec(t.Context(), id, "", "hostname"); err != nil {
		t.Fatal(err)
	}
	r := stop(t, s)[0]
	if !r.Run.StartupSeen || !slices.Contains(calls(r, profiles.PartApplication), "uname") {
		t.Errorf("start seen %v, application %v, exec %v", r.Run.StartupSeen, calls(r, profiles.PartApplication), calls(r, profiles.PartExec))
	}
	if len(r.Entries) != 2 {
		t.Errorf("entries: %+v", r.Entries)
	}
}

func TestAnExecBeforeTheContainerIsAskedForIsNoStart(t *testing.T) {
	require.EBPF(t)
	engine, image := require.Docker(t), images.Services(t)
	id := images.Run(t, engine, docker.Spec{Image: image, Entrypoint: []string{"sleep", "1000"}, SecurityOpt: []string{recordOption}})
	s := start(t, ebpf.Options{})
	if _, _, err := engine.Exec(t.Context(), id, "", "uname"); err != nil {
		t.Fatal(err)
	}
	target := container(id)
	target.Run.StartupSeen = false
	if err := s.Add(target); err != nil {
		t.Fatal(err)
	}
	r := stop(t, s)[0]
	if r.Run.StartupSeen || slices.Contains(calls(r, profiles.PartApplication), "uname") {
		t.Errorf("start seen %v, application %v, exec %v", r.Run.StartupSeen, calls(r, profiles.PartApplication), calls(r, profiles.PartExec))
	}
}

func TestNestedCgroupsBelongToTheOuterContainerAndNotToItsPod(t *testing.T) {
	require.EBPF(t)
	path := images.Program(t, "known")
	want := distinct(images.KnownCalls(t))
	id, inner := ownID("1a"), ownID("b2")
	pod := "kubepods-besteffort-pod01234567_89ab_cdef_0123_456789abcdef.slice"
	for name, groups := range map[string][]string{
		"alone":                {id},
		"deep":                 {"system.slice", "docker-" + id + ".scope", "a", "b", "c", "d", "e", "f", "g", "h"},
		"container inside":     {id, "docker", inner},
		"pod":                  {"kubepods.slice", "kubepods-besteffort.slice", pod, "cri-containerd-" + id + ".scope"},
		"podman without units": {"libpod_parent", "libpod-" + id, "container"},
		"long unit around it":  {strings.Repeat("long", 20) + ".slice", "docker-" + id + ".scope"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := cgroup(t, groups...)
			s := start(t, ebpf.Options{})
			runtime(t, dir, path)
			if err := s.Add(container(id)); err != nil {
				t.Fatal(err)
			}
			same(t, "application", calls(stop(t, s)[0], profiles.PartApplication), want)
		})
	}
}

func TestMoreCommandsThanAreToldApartAreKeptApartFromTheOthers(t *testing.T) {
	require.EBPF(t)
	path := images.Program(t, "denied")
	id := ownID("3c")
	dir := cgroup(t, id)
	s := start(t, ebpf.Options{})
	const main, rest = "120", "124" // getresgid, getsid
	runtime(t, dir, path, main)
	for i := range 32 {
		runtime(t, dir, path, "121", fmt.Sprint(1000000+i)) // getpgid
	}
	for i := range 3 {
		runtime(t, dir, path, rest, fmt.Sprint(2000000+i))
	}
	if err := s.Add(container(id)); err != nil {
		t.Fatal(err)
	}
	r := stop(t, s)[0]
	owners := map[string]bool{}
	for _, c := range r.Syscalls {
		if c.Part == profiles.PartExec && c.Name == "getsid" {
			owners[c.Entry] = true
		}
	}
	if len(owners) != 1 || !owners["exec-other"] {
		t.Errorf("getsid belongs to %v", owners)
	}
	if slices.Contains(calls(r, profiles.PartApplication), "getsid") {
		t.Error("the application has it")
	}
}

func TestAPhaseThatBeganBeforeTheContainerDidIsRecorded(t *testing.T) {
	require.EBPF(t)
	engine, image := require.Docker(t), images.Services(t)
	s := start(t, ebpf.Options{})
	defer stop(t, s)
	id, err := engine.Create(t.Context(), docker.Spec{
		Image: image, Entrypoint: []string{"sh", "-c", "while :; do sleep 0.05; done"}, SecurityOpt: []string{recordOption},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Remove(require.Context(t), id) })
	if err := s.Add(container(id)); err != nil {
		t.Fatal(err)
	}
	s.SetPhase("", profiles.PhaseSteady)
	if err := engine.Start(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond)
	// wait4 is the shell's own, made over and over.
	await(t, s, func(r profiles.Recording) bool {
		return slices.ContainsFunc(r.Syscalls, func(c profiles.Syscall) bool {
			return c.Name == "wait4" && slices.Contains(c.Phases, profiles.PhaseSteady)
		})
	})
}

// The numbers of a process namespace are not the kernel's.
func TestInAProcessNamespaceOfItsOwnNoWrongProcessIsTraced(t *testing.T) {
	require.EBPF(t)
	if os.Getenv("BATTEN_TEST_INSIDE") == "" {
		cmd := exec.Command("unshare", "-p", "-f", "--mount-proc", os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), "BATTEN_TEST_INSIDE=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	_, err := ebpf.New(ebpf.Options{}).Start(t.Context(), []trace.Target{command(launch.Command{Args: []string{"true"}})})
	if !errors.Is(err, trace.ErrUnsupported) {
		t.Errorf("error %v", err)
	}
}

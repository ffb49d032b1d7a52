package ebpf_test

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"batten/generators/seccomp"
	"batten/internal/docker"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
)

func TestAContainerThatLivesMillisecondsIsComplete(t *testing.T) {
	require.EBPF(t)
	engine, image := require.Docker(t), images.Scratch(t, "known")
	want := distinct(images.KnownCalls(t))
	for _, form := range ebpf.Forms() {
		for _, nnp := range []bool{false, true} {
			t.Run(string(form)+"/no-new-privileges="+strconv.FormatBool(nnp), func(t *testing.T) {
				s := start(t, ebpf.Options{Form: form})
				options := []string{recordOption}
				if nnp {
					options = append(options, "no-new-privileges")
				}
				id := images.Run(t, engine, docker.Spec{Image: image, SecurityOpt: options, Network: "none"})
				wait(t, engine, id)
				// Nobody asked for it while it lived.
				if err := s.Add(container(id)); err != nil {
					t.Fatal(err)
				}
				r := stop(t, s)[0]
				same(t, "application", calls(r, profiles.PartApplication), want)
				if !r.Run.StartupSeen || !r.Loss.Complete() {
					t.Errorf("start seen %v, loss %+v", r.Run.StartupSeen, r.Loss)
				}
				runtime := calls(r, profiles.PartRuntime)
				if !slices.Contains(runtime, "execve") || slices.Contains(runtime, "setuid") == nnp {
					t.Errorf("runtime: %v", runtime)
				}
			})
		}
	}
}

func TestAContainerWithoutAFilterIsRecordedToo(t *testing.T) {
	require.EBPF(t)
	engine, image := require.Docker(t), images.Scratch(t, "known")
	s := start(t, ebpf.Options{})
	id, err := engine.Create(t.Context(), docker.Spec{Image: image, SecurityOpt: []string{"seccomp=unconfined"}})
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
	wait(t, engine, id)
	same(t, "application", calls(stop(t, s)[0], profiles.PartApplication), distinct(images.KnownCalls(t)))
}

func TestTwentyContainersAtOnceAreCompleteAndSeparate(t *testing.T) {
	require.EBPF(t)
	engine, image := require.Docker(t), images.Scratch(t, "denied")
	const n = 20
	s := start(t, ebpf.Options{})
	ids := make([]string, n)
	var all sync.WaitGroup
	for i := range n {
		all.Add(1)
		go func() {
			defer all.Done()
			// Each makes one call of its own: 120+i.
			ids[i] = images.Run(t, engine, docker.Spec{Image: image, Command: []string{strconv.Itoa(120 + i)}, SecurityOpt: []string{recordOption}, Network: "none"})
		}()
	}
	all.Wait()
	for _, id := range ids {
		wait(t, engine, id)
		if err := s.Add(container(id)); err != nil {
			t.Fatal(err)
		}
	}
	rs := stop(t, s)
	common := calls(rs[0], profiles.PartApplication)
	for i, r := range rs {
		own, _ := profiles.SyscallName(profiles.ArchX8664, 120+i)
		got := calls(r, profiles.PartApplication)
		if !slices.Contains(got, own) || len(got) != len(common) {
			t.Errorf("container %d: %s is not among %v", i, own, got)
		}
		for j := range n {
			other, _ := profiles.SyscallName(profiles.ArchX8664, 120+j)
			if j != i && slices.Contains(got, other) {
				t.Errorf("container %d has %s of container %d", i, other, j)
			}
		}
	}
}

func TestAFailedStartIsAttributed(t *testing.T) {
	require.EBPF(t)
	engine, image := require.Docker(t), images.Scratch(t, "known")
	s := start(t, ebpf.Options{})
	id, err := engine.Create(t.Context(), docker.Spec{Image: image, Entrypoint: []string{"/missing"}, SecurityOpt: []string{recordOption}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Remove(require.Context(t), id) })
	if err := engine.Start(t.Context(), id); err == nil {
		t.Fatal("it started")
	}
	if err := s.Add(container(id)); err != nil {
		t.Fatal(err)
	}
	r := stop(t, s)[0]
	if len(calls(r, profiles.PartRuntime)) == 0 || len(calls(r, profiles.PartApplication)) != 0 || r.Run.StartupSeen {
		t.Errorf("runtime %v, application %v", calls(r, profiles.PartRuntime), calls(r, profiles.PartApplication))
	}
}

func TestHealthChecksAndExecutedCommandsAreEntriesOfTheirOwn(t *testing.T) {
	require.EBPF(t)
	engine, image := require.Docker(t), images.Services(t)
	check := []string{"uname", "-a"}
	s := start(t, ebpf.Options{})
	id := images.Run(t, engine, docker.Spec{
		Image: image, Entrypoint: []string{"sleep", "1000"}, SecurityOpt: []string{recordOption},
		HealthCheck: check, HealthInterval: time.Second,
	})
	target := container(id)
	target.HealthCheck = check
	if err := s.Add(target); err != nil {
		t.Fatal(err)
	}
	if code, out, err := engine.Exec(t.Context(), id, "", "sh", "-c", "hostname; mkdir /made"); err != nil || code != 0 {
		t.Fatalf("exec: %d %q %v", code, out, err)
	}
	r := await(t, s, func(r profiles.Recording) bool {
		return slices.ContainsFunc(r.Syscalls, func(s profiles.Syscall) bool { return s.Entry == "healthcheck" && s.Name == "uname" })
	})
	stop(t, s)
	kinds := map[profiles.EntryKind]profiles.Entry{}
	for _, e := range r.Entries {
		kinds[e.Kind] = e
	}
	if e := kinds[profiles.EntryMain]; !strings.HasSuffix(e.Program, "/sleep") {
		t.Errorf("main entry %+v", e)
	}
	if e := kinds[profiles.EntryExec]; !slices.Equal(e.Args, []string{"sh", "-c", "hostname; mkdir /made"}) {
		t.Errorf("exec entry %+v", e)
	}
	if slices.Contains(calls(r, profiles.PartApplication), "uname") || slices.Contains(calls(r, profiles.PartApplication), "mkdir") {
		t.Errorf("application has calls of executed commands: %v", calls(r, profiles.PartApplication))
	}
	by := map[string][]string{}
	for _, c := range r.Syscalls {
		if c.Part == profiles.PartExec {
			by[c.Entry] = append(by[c.Entry], c.Name)
		}
	}
	if !slices.Contains(by["healthcheck"], "uname") || slices.Contains(by["healthcheck"], "mkdir") {
		t.Errorf("health check: %v", by["healthcheck"])
	}
	if !slices.Contains(by[kinds[profiles.EntryExec].ID], "mkdir") {
		t.Errorf("exec: %v", by)
	}
}

func TestAnExecIntoAContainerThatRanBeforeIsNotTheApplication(t *testing.T) {
	require.EBPF(t)
	engine, image := require.Docker(t), images.Services(t)
	id := images.Run(t, engine, docker.Spec{Image: image, Entrypoint: []string{"sleep", "1000"}, SecurityOpt: []string{recordOption}})
	target := container(id)
	target.Run.StartupSeen = false
	s := start(t, ebpf.Options{}, target)
	if _, _, err := engine.Exec(t.Context(), id, "", "uname"); err != nil {
		t.Fatal(err)
	}
	r := stop(t, s)[0]
	if r.Run.StartupSeen || slices.Contains(calls(r, profiles.PartApplication), "uname") || !slices.Contains(calls(r, profiles.PartExec), "uname") {
		t.Errorf("start seen %v, application %v, exec %v", r.Run.StartupSeen, calls(r, profiles.PartApplication), calls(r, profiles.PartExec))
	}
}

func TestARestartedContainerIsOneService(t *testing.T) {
	require.EBPF(t)
	engine, image := require.Docker(t), images.Services(t)
	s := start(t, ebpf.Options{})
	id := images.Run(t, engine, docker.Spec{Image: image, Entrypoint: []string{"sh", "-c", "if [ -e /second ]; then uname; fi; touch /second; trap 'exit 0' TERM; while :; do sleep 0.1; done"}, SecurityOpt: []string{recordOption}})
	if err := s.Add(container(id)); err != nil {
		t.Fatal(err)
	}
	await(t, s, func(r profiles.Recording) bool { return slices.Contains(calls(r, profiles.PartApplication), "wait4") })
	if err := engine.Restart(t.Context(), id, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	await(t, s, func(r profiles.Recording) bool { return slices.Contains(calls(r, profiles.PartApplication), "uname") })
	stop(t, s)
}

func TestABufferOfOnePageLosesEventsAndNoRule(t *testing.T) {
	require.EBPF(t)
	engine, image := require.Docker(t), images.Services(t)
	run := func(ring int) profiles.Recording {
		s := start(t, ebpf.Options{RingBytes: ring})
		var id string
		ebpf.Stall(s, func() {
			for range 2 {
				id = images.Run(t, engine, docker.Spec{
					Image: image, SecurityOpt: []string{recordOption}, Network: "none",
					Entrypoint: []string{"sh", "-c", "ls -l / >/dev/null; cat /etc/passwd; uname -a; id; env; mkdir /a; ln -s /a /b; chmod 700 /a; rmdir /a"},
				})
				wait(t, engine, id)
			}
		})
		if err := s.Add(container(id)); err != nil {
			t.Fatal(err)
		}
		return stop(t, s)[0]
	}
	whole, page := run(0), run(1)
	if whole.Loss.Events != 0 {
		t.Errorf("the whole buffer lost %d events", whole.Loss.Events)
	}
	if page.Loss.Events == 0 {
		t.Error("one page lost no event")
	}
	if !page.Loss.Complete() {
		t.Errorf("rules were lost: %+v", page.Loss)
	}
	if a, b := policy(t, whole), policy(t, page); !bytes.Equal(a, b) {
		t.Errorf("the profiles differ:\n%s\n%s", a, b)
	}
}

// policy is the seccomp profile that a recording gives.
func policy(t *testing.T, r profiles.Recording) []byte {
	t.Helper()
	r.Service.Name = "same"
	result, err := seccomp.Generate(r.Profile(), seccomp.Options{Runtime: profiles.RuntimeBaseline("runc", "1.1.5", false)})
	if err != nil {
		t.Fatal(err)
	}
	return result.JSON
}

// await polls snapshots until one is as it should be.
func await(t *testing.T, s trace.Session, ok func(profiles.Recording) bool) profiles.Recording {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	for {
		rs, err := s.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		if ok(rs[0]) {
			return rs[0]
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("what was waited for did not come; application %v", calls(rs[0], profiles.PartApplication))
		}
	}
}

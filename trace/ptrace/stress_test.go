package ptrace_test

import (
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"batten/internal/launch"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ptrace"
)

// forkStorm makes children faster than anybody can look for them.
const forkStorm = "while :; do (:) & (:) & (:); done"

func TestAttachingToAForkStormAndLeavingIt(t *testing.T) {
	c := exec.Command("sh", "-c", forkStorm)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
		c.Wait()
	})
	for range 20 {
		s := attach(t, c.Process.Pid)
		time.Sleep(20 * time.Millisecond)
		began := time.Now()
		if _, err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(began); d > time.Second {
			t.Errorf("closing took %v", d)
		}
		if tracer := status(c.Process.Pid, "TracerPid"); tracer != "0" {
			t.Fatalf("traced by %q", tracer)
		}
	}
}

func TestMethodsMayBeCalledAtTheSameTime(t *testing.T) {
	ctx := bounded(t)
	s, err := ptrace.New(ptrace.Options{}).Start(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Exited():
		t.Fatal("a trace of nothing exited")
	default:
	}
	r, w := pipe(t)
	keeper := trace.Target{Service: profiles.Service{Name: "keeper"},
		Command: &launch.Command{Args: []string{"sh", "-c", "read x; exit 6"}, Stdin: r}}
	if err := s.Add(keeper); err != nil {
		t.Fatal(err)
	}
	storm := trace.Target{Service: profiles.Service{Name: "storm"},
		Command: &launch.Command{Args: []string{"timeout", "1", "sh", "-c", forkStorm}}}
	if err := s.Add(storm); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for range 10 {
				if err := s.Add(trace.Target{Command: &launch.Command{Args: []string{"true"}}}); err != nil {
					t.Error(err)
				}
				s.SetPhase("storm", profiles.PhaseSteady)
				if _, err := s.Snapshot(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	w.WriteString("\n")
	awaitExit(t, ctx, s)
	if code := s.ExitCode(); code != 6 {
		t.Errorf("exit code %d", code)
	}
	recs, err := s.Close()
	if err != nil || len(recs) != 32 {
		t.Fatalf("%d recordings, error %v", len(recs), err)
	}
	for _, r := range recs {
		if find(r, "exit_group") == nil || !r.Loss.Complete() {
			t.Errorf("%d calls, loss %+v", len(r.Syscalls), r.Loss)
		}
	}
	var again sync.WaitGroup
	for range 4 {
		again.Go(func() { s.Close() })
	}
	again.Wait()
}

package ptrace_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"batten/internal/launch"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ptrace"
)

func nativeArch() profiles.Arch { return profiles.NativeArch(runtime.GOARCH) }

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Helper()
			t.Fatal("it did not happen within 10 s")
		}
	}
}

// status reads one field of /proc/PID/status, "" when the process is gone.
func status(pid int, field string) string {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for _, line := range strings.Split(string(b), "\n") {
		if value, ok := strings.CutPrefix(line, field+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func alive(pid int) bool { s := status(pid, "State"); return s != "" && s[0] != 'Z' && s[0] != 'X' }

// serve starts a process that batten does not know.
func serve(t *testing.T, program string) (pid int, lines *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(program)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines = bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		t.Fatalf("it said %q", lines.Text())
	}
	return cmd.Process.Pid, lines
}

// progresses reads several new lines of the server.
func progresses(t *testing.T, lines *bufio.Scanner) {
	t.Helper()
	done := make(chan bool, 1)
	go func() {
		ok := true
		for i := 0; i < 10 && ok; i++ {
			ok = lines.Scan()
		}
		done <- ok
	}()
	select {
	case ok := <-done:
		if !ok {
			t.Fatal("it ended")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it stands still")
	}
}

func attach(t *testing.T, pid int) trace.Session {
	t.Helper()
	s, err := ptrace.New(ptrace.Options{}).Start(bounded(t), []trace.Target{{PID: pid}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestRunningProcessIsAttachedWithThreadsAndChildrenAndLeftRunning(t *testing.T) {
	program := build(t, "server")
	pid, lines := serve(t, program)
	for range 5 {
		s := attach(t, pid)
		eventually(t, func() bool {
			recs, _ := s.Snapshot()
			return find(recs[0], "getpgid") != nil && find(recs[0], "getsid") != nil && find(recs[0], "getpriority") != nil && find(recs[0], "write") != nil
		})
		progresses(t, lines)
		recs, err := s.Close()
		if err != nil {
			t.Fatal(err)
		}
		r := recs[0]
		if r.Run.StartupSeen || r.Run.Backend != "ptrace" || r.Service.Kind != profiles.KindProcess {
			t.Errorf("run %+v", r.Run)
		}
		if find(r, "restart_syscall") != nil {
			t.Error("the attach itself was recorded")
		}
		if c := find(r, "getpgid"); c.First.Program != program || c.Phases[0] != profiles.PhaseSteady {
			t.Errorf("first sight %+v", c)
		}
		for _, tid := range tasks(pid) {
			if tracer := status(tid, "TracerPid"); tracer != "0" {
				t.Errorf("thread %d is still traced by %s", tid, tracer)
			}
		}
		progresses(t, lines)
		select {
		case <-s.Exited():
			t.Error("exited, although it runs")
		default:
		}
	}
}

func tasks(pid int) (out []int) {
	entries, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, e := range entries {
		n, _ := strconv.Atoi(e.Name())
		out = append(out, n)
	}
	return out
}

func TestStoppedProcessStaysStoppedAcrossAttachAndClose(t *testing.T) {
	pid, lines := serve(t, build(t, "server"))
	stopped := func() bool { return isStopped(pid) }
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	eventually(t, stopped)
	s := attach(t, pid)
	if standsStill(pid); !stopped() {
		t.Error("attaching woke it up")
	}
	if _, err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// The kernel moves it from the tracer's stop into the group's, by way of running.
	eventually(t, func() bool { return strings.HasPrefix(status(pid, "State"), "T") })
	standsStill(pid)
	if state := status(pid, "State"); !strings.HasPrefix(state, "T") {
		t.Errorf("state %q after closing", state)
	}
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	progresses(t, lines)
}

// isStopped: a traced process shows a small t.
func isStopped(pid int) bool {
	return strings.HasPrefix(strings.ToUpper(status(pid, "State")), "T")
}

// standsStill gives a process the time to move.
func standsStill(int) { time.Sleep(100 * time.Millisecond) }

func TestGroupStopWorksWhileTraced(t *testing.T) {
	program := build(t, "server")
	inBothModes(t, func(t *testing.T, o ptrace.Options, _ string) {
		r, w := pipe(t)
		ctx := bounded(t)
		s, err := ptrace.New(o).Start(ctx, []trace.Target{{Command: &launch.Command{Args: []string{"sh", "-c", "echo $$; exec " + program}, Stdout: w}}})
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(r)
		lines.Scan()
		pid, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatal(err)
		}
		progresses(t, lines)
		for range 3 {
			if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			stopped := func() bool { return isStopped(pid) }
			eventually(t, stopped)
			standsStill(pid)
			before := status(pid, "voluntary_ctxt_switches")
			standsStill(pid)
			if !stopped() || status(pid, "voluntary_ctxt_switches") != before {
				t.Error("it goes on")
			}
			if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
				t.Fatal(err)
			}
			progresses(t, lines)
		}
		syscall.Kill(pid, syscall.SIGTERM)
		// The server's child outlives it for a moment, and is part of it.
		awaitExit(t, ctx, s)
		if code := s.ExitCode(); code != 128+15 {
			t.Errorf("exit code %d", code)
		}
		s.Close()
	})
}

func TestSignalsArriveAsWithoutTracing(t *testing.T) {
	program := build(t, "signals")
	inBothModes(t, func(t *testing.T, o ptrace.Options, _ string) {
		_, code, out := record(t, o, &launch.Command{Args: []string{program}})
		if strings.TrimSpace(out) != "10 1 1 15" || code != 128+5 {
			t.Errorf("output %q, exit code %d", out, code)
		}
	})
}

func TestOtherChildrenAreNotReaped(t *testing.T) {
	// Children of every thread that Go has, so that some belong to the thread
	// that the tracer might get.
	var others []*exec.Cmd
	for range 8 {
		c := exec.Command("sh", "-c", "sleep 0.2; exit 9")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		others = append(others, c)
	}
	sessions := make([]trace.Session, 0, 4)
	for range 4 {
		s, err := ptrace.New(ptrace.Options{}).Start(bounded(t), []trace.Target{{Command: &launch.Command{Args: []string{"sleep", "0.4"}}}})
		if err != nil {
			t.Fatal(err)
		}
		sessions = append(sessions, s)
	}
	for _, c := range others {
		var e *exec.ExitError
		if err := c.Wait(); !errors.As(err, &e) || e.ExitCode() != 9 {
			t.Errorf("other child: %v", err)
		}
	}
	for _, s := range sessions {
		awaitExit(t, bounded(t), s)
		if s.ExitCode() != 0 {
			t.Errorf("exit code %d", s.ExitCode())
		}
		s.Close()
	}
}

func TestClosingLeavesACommandRunningAndReapsItLater(t *testing.T) {
	r, w := pipe(t)
	s, err := ptrace.New(ptrace.Options{SeccompTrace: ptrace.SeccompOff}).Start(bounded(t), []trace.Target{{
		Command: &launch.Command{Args: []string{"sh", "-c", "echo $$; while :; do sleep 0.01; echo x; done"}, Stdout: w}}})
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(r)
	lines.Scan()
	pid, _ := strconv.Atoi(lines.Text())
	began := time.Now()
	first, err := s.Close()
	if err != nil {
		t.Fatal(err)
	}
	if d := time.Since(began); d > time.Second {
		t.Errorf("closing took %v", d)
	}
	progresses(t, lines)
	again, _ := s.Snapshot()
	if len(again[0].Syscalls) != len(first[0].Syscalls) {
		t.Error("the recording changed after closing")
	}
	syscall.Kill(pid, syscall.SIGKILL)
	eventually(t, func() bool { return status(pid, "State") == "" })
}

func TestUnderSeccompTheCommandRunsOnAfterClosing(t *testing.T) {
	r, w := pipe(t)
	ctx := bounded(t)
	s, err := ptrace.New(ptrace.Options{SeccompTrace: ptrace.SeccompOn}).Start(ctx, []trace.Target{{
		Command: &launch.Command{Args: []string{"sh", "-c", "echo $$; while :; do sleep 0.01; echo x; done"}, Stdout: w}}})
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(r)
	lines.Scan()
	pid, _ := strconv.Atoi(lines.Text())
	recs, _ := s.Close()
	progresses(t, lines)
	syscall.Kill(pid, syscall.SIGTERM)
	awaitExit(t, ctx, s)
	again, _ := s.Snapshot()
	if len(again[0].Syscalls) != len(recs[0].Syscalls) || s.ExitCode() != 128+15 {
		t.Errorf("%d calls, then %d; exit code %d", len(recs[0].Syscalls), len(again[0].Syscalls), s.ExitCode())
	}
}

func TestTargetsThatCannotBeTracedAreNamed(t *testing.T) {
	traced, _ := serve(t, build(t, "server"))
	attach(t, traced)
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		target trace.Target
		want   error
		text   string
	}{
		"gone":           {trace.Target{PID: gone.Process.Pid}, trace.ErrNoTarget, "no such target"},
		"traced already": {trace.Target{PID: traced}, trace.ErrUnsupported, "traces it already"},
		"itself":         {trace.Target{PID: os.Getpid()}, trace.ErrUnsupported, "itself"},
		"container":      {trace.Target{Container: strings.Repeat("a", 64)}, trace.ErrUnsupported, "ebpf"},
		"nothing":        {trace.Target{}, nil, "exactly one"},
	} {
		_, err := ptrace.New(ptrace.Options{}).Start(bounded(t), []trace.Target{c.target})
		if err == nil || !strings.Contains(err.Error(), c.text) || (c.want != nil && !errors.Is(err, c.want)) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

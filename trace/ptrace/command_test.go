package ptrace_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"batten/internal/launch"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ptrace"
)

func TestRecordsExactlyTheCallsOfTheProgram(t *testing.T) {
	program := build(t, "exact", "-nostdlib", "-ffreestanding")
	inBothModes(t, func(t *testing.T, o ptrace.Options, backend string) {
		r, code, _ := record(t, o, &launch.Command{Args: []string{program, "token=abc"}})
		if got, want := names(r), "exit_group getppid getuid prctl sched_yield socket"; got != want {
			t.Errorf("calls %s, want %s", got, want)
		}
		if code != 7 {
			t.Errorf("exit code %d", code)
		}
		want := &profiles.Arguments{Index: []int{0, 1, 2}, Values: [][]uint64{{1, 2, 0}, {2, 1, 6}}, Complete: true}
		if d := cmp.Diff(want, find(r, "socket").Args); d != "" {
			t.Error(d)
		}
		if r.Run.Backend != backend || r.Run.Kernel == "" || r.Run.Arch == "" || !r.Run.StartupSeen {
			t.Errorf("run %+v", r.Run)
		}
		if r.Loss != (profiles.Loss{}) {
			t.Errorf("loss %+v", r.Loss)
		}
		// The name that the program gave itself shows in what came after.
		c := find(r, "sched_yield")
		if c.First.Comm != "batten-exact" || c.First.Program != program || c.First.Phase != profiles.PhaseStartup ||
			c.Part != profiles.PartApplication || c.Runs != 1 {
			t.Errorf("first sight %+v of %+v", c.First, c)
		}
		if len(r.Programs) != 1 || r.Programs[0].Path != program || len(r.Entries) != 1 || r.Entries[0].Program != program {
			t.Errorf("programs %+v, entries %+v", r.Programs, r.Entries)
		}
	})
}

func TestSeesWhatStraceSees(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		lacking(t, "strace is not installed")
	}
	for _, args := range [][]string{
		{build(t, "exact", "-nostdlib", "-ffreestanding")},
		{build(t, "kin")},
		{"sh", "-c", "ls / | sort >/dev/null; (exit 3); exec find /etc/default"},
	} {
		log := t.TempDir() + "/log"
		_ = exec.Command(strace, append([]string{"-f", "-o", log}, args...)...).Run() // exits as the program does
		b, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		// The first line is the execve that starts the program.
		_, rest, _ := strings.Cut(string(b), "\n")
		seen := map[string]bool{}
		for _, m := range regexp.MustCompile(`(?m)^\d+ +(\w+)\(`).FindAllStringSubmatch(rest, -1) {
			seen[m[1]] = true
		}
		want := strings.Join(slices.Sorted(maps.Keys(seen)), " ")
		inBothModes(t, func(t *testing.T, o ptrace.Options, _ string) {
			if r, _, _ := record(t, o, &launch.Command{Args: args}); names(r) != want {
				t.Errorf("%q: calls %s, strace says %s", args, names(r), want)
			}
		})
	}
}

func TestFollowsThreadsForksVforkAndExecOfAThread(t *testing.T) {
	program := build(t, "kin")
	inBothModes(t, func(t *testing.T, o ptrace.Options, _ string) {
		r, code, _ := record(t, o, &launch.Command{Args: []string{program}})
		if code != 5 {
			t.Errorf("exit code %d", code)
		}
		for what, name := range map[string]string{
			"thread": "getpgid", "child": "getpriority", "grandchild": "sched_getscheduler",
			"vfork child": "times", "thread that executed": "getsid", "the execve itself": "execve",
		} {
			if find(r, name) == nil {
				t.Errorf("%s: no %s in %s", what, name, names(r))
			}
		}
		c := find(r, "getsid")
		if c != nil && strings.Contains(strings.Join(c.First.Args, " "), "hunter2") {
			t.Errorf("secret in %q", c.First.Args)
		}
		if c != nil && (len(c.First.Args) != 3 || c.First.Args[1] != "last") {
			t.Errorf("arguments %q", c.First.Args)
		}
		if !r.Loss.Complete() {
			t.Errorf("loss %+v", r.Loss)
		}
	})
}

func TestExitCodesAreTheShells(t *testing.T) {
	inBothModes(t, func(t *testing.T, o ptrace.Options, _ string) {
		for script, want := range map[string]int{"exit 0": 0, "exit 42": 42, "kill -TERM $$": 128 + 15, "kill -KILL $$": 128 + 9} {
			if _, code, _ := record(t, o, &launch.Command{Args: []string{"sh", "-c", script}}); code != want {
				t.Errorf("%s: exit code %d", script, code)
			}
		}
	})
}

func TestSurvivesAThousandShortLivedForks(t *testing.T) {
	inBothModes(t, func(t *testing.T, o ptrace.Options, _ string) {
		r, code, out := record(t, o, &launch.Command{Args: []string{"sh", "-c",
			"i=0; while [ $i -lt 1000 ]; do (exit 3) & i=$((i+1)); [ $((i % 50)) = 0 ] && wait; done; wait; echo $i"}})
		if code != 0 || strings.TrimSpace(out) != "1000" || !r.Loss.Complete() {
			t.Errorf("exit code %d, output %q, loss %+v", code, out, r.Loss)
		}
	})
}

func TestMassKilledChildrenAreNoError(t *testing.T) {
	inBothModes(t, func(t *testing.T, o ptrace.Options, _ string) {
		_, code, out := record(t, o, &launch.Command{Args: []string{"sh", "-c",
			`i=0; while [ $i -lt 30 ]; do sh -c 'while :; do (:) & (:); done' & p=$!; sleep 0.01; kill -9 $p; wait $p; i=$((i+1)); done 2>/dev/null; echo ok; exit 4`}})
		if code != 4 || !strings.HasSuffix(out, "ok\n") {
			t.Errorf("exit code %d, output %q", code, out)
		}
	})
}

func TestCallsOfASecondArchitectureAreToldApart(t *testing.T) {
	if profiles.NativeArch("amd64") != nativeArch() {
		t.Skip("int 0x80 is x86's")
	}
	program := build(t, "int80")
	inBothModes(t, func(t *testing.T, o ptrace.Options, _ string) {
		r, code, _ := record(t, o, &launch.Command{Args: []string{program}})
		if code != 3 {
			t.Skipf("this kernel does not serve 32-bit calls (exit code %d)", code)
		}
		var got []string
		for _, c := range r.Syscalls {
			if c.Arch != profiles.ArchX8664 {
				got = append(got, string(c.Arch)+" "+c.Name)
			}
		}
		if strings.Join(got, ",") != "x86 getpid,x32 gettid" || !r.Loss.SecondArch {
			t.Errorf("calls %q, loss %+v", got, r.Loss)
		}
	})
}

func TestCommandThatCannotBeExecutedIsAnError(t *testing.T) {
	for _, args := range [][]string{{"/nowhere"}, {"/etc/passwd"}} {
		_, err := ptrace.New(ptrace.Options{}).Start(bounded(t), []trace.Target{{Command: &launch.Command{Args: args}}})
		if !errors.Is(err, launch.ErrNotExecutable) {
			t.Errorf("%q: error %v", args, err)
		}
	}
}

func TestCancelledStartLeavesNothingBehind(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	mark := t.TempDir() + "/ran"
	_, err := ptrace.New(ptrace.Options{}).Start(ctx, []trace.Target{{Command: &launch.Command{Args: []string{"touch", mark}}}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if err := syscall.Access(mark, 0); err == nil {
		t.Error("it ran")
	}
}

func TestFailingSecondTargetKillsTheFirst(t *testing.T) {
	var out buffer
	_, err := ptrace.New(ptrace.Options{}).Start(bounded(t), []trace.Target{
		{Command: &launch.Command{Args: []string{"sh", "-c", "echo ran; sleep 60"}, Stdout: &out}},
		{PID: 1 << 30},
	})
	if !errors.Is(err, trace.ErrNoTarget) {
		t.Fatalf("error %v", err)
	}
	if out.String() != "" {
		t.Error("it ran")
	}
}

func TestPhasesAndLaterTargets(t *testing.T) {
	ctx := bounded(t)
	inBothModes(t, func(t *testing.T, o ptrace.Options, _ string) {
		var out buffer
		r, w := pipe(t)
		s, err := ptrace.New(o).Start(ctx, []trace.Target{{
			Service: profiles.Service{Name: "one"},
			Command: &launch.Command{Args: []string{"sh", "-c", "umask 2; read x; umask 1; read x; exit 2"}, Stdin: r, Stdout: &out},
		}})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, func() bool {
			recs, _ := s.Snapshot()
			return find(recs[0], "umask") != nil
		})
		s.SetPhase("one", profiles.PhaseSteady)
		w.WriteString("a\n")
		eventually(t, func() bool {
			recs, _ := s.Snapshot()
			return len(find(recs[0], "umask").Phases) == 2
		})
		if err := s.Add(trace.Target{Service: profiles.Service{Name: "two"}, Command: &launch.Command{Args: []string{"sleep", "0.05"}}}); err != nil {
			t.Fatal(err)
		}
		w.WriteString("b\n")
		awaitExit(t, ctx, s)
		if err := s.Add(trace.Target{Command: &launch.Command{Args: []string{"true"}}}); err == nil {
			t.Error("added to an ended trace")
		}
		recs, err := s.Close()
		if err != nil || len(recs) != 2 {
			t.Fatalf("%d recordings, error %v", len(recs), err)
		}
		both, late := find(recs[0], "umask"), find(recs[0], "exit_group")
		if len(both.Phases) != 2 || both.First.Phase != profiles.PhaseStartup ||
			len(late.Phases) != 1 || late.Phases[0] != profiles.PhaseSteady || late.First.Phase != profiles.PhaseSteady {
			t.Errorf("phases %v and %v", both.Phases, late.Phases)
		}
		if recs[1].Service.Name != "two" || len(recs[1].Syscalls) == 0 || s.ExitCode() != 2 {
			t.Errorf("second target %+v, exit code %d", recs[1].Service, s.ExitCode())
		}
	})
}

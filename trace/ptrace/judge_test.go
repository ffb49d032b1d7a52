package ptrace_test

import (
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"batten/internal/launch"
	"batten/profiles"
	"batten/trace/ptrace"
)

// number returns a native call's number.
func number(t *testing.T, name string) int32 {
	t.Helper()
	nr, ok := profiles.SyscallNumber(nativeArch(), name)
	if !ok {
		t.Fatalf("no call %s", name)
	}
	return int32(nr)
}

// refusing is a filter that answers one call with an errno and allows the rest.
func refusing(nr int32, errno uint32) []syscall.SockFilter {
	return []syscall.SockFilter{
		{Code: 0x20, K: 0},                        // load seccomp_data.nr
		{Code: 0x15, Jt: 0, Jf: 1, K: uint32(nr)}, // is it the one?
		{Code: 0x06, K: 0x50000 | errno},          // SECCOMP_RET_ERRNO
		{Code: 0x06, K: 0x7fff0000},               // SECCOMP_RET_ALLOW
	}
}

func TestJudgeSortsRefusedCallsFromTheOthers(t *testing.T) {
	program := build(t, "exact", "-nostdlib", "-ffreestanding")
	socket := number(t, "socket")
	o := ptrace.Options{
		SeccompTrace: ptrace.SeccompOn, // a filter of the command's own comes first
		Judge: func(arch profiles.Arch, nr int32, ip uint64, args [6]uint64) (int, bool, bool) {
			if arch != nativeArch() || ip == 0 {
				t.Errorf("judged %s %d at %x", arch, nr, ip)
			}
			return 13, nr == socket, false
		},
	}
	r, code, _ := record(t, o, &launch.Command{Args: []string{program}, NoNewPrivileges: true, Filter: refusing(socket, 13)})
	if got := names(r); got != "exit_group getppid getuid prctl sched_yield" || code != 7 {
		t.Errorf("calls %s, exit code %d", got, code)
	}
	if len(r.Denied) != 1 || r.Denied[0].First == nil || r.Denied[0].First.Program != program {
		t.Fatalf("denied %+v", r.Denied)
	}
	r.Denied[0].First = nil
	want := profiles.Denial{Name: "socket", Arch: nativeArch(), Part: profiles.PartApplication, Errno: 13, Runs: 1,
		Args: &profiles.Arguments{Index: []int{0, 1, 2}, Values: [][]uint64{{1, 2, 0}, {2, 1, 6}}, Complete: true}}
	if d := cmp.Diff(want, r.Denied[0]); d != "" {
		t.Error(d)
	}
	if r.Run.Backend != "ptrace" || r.Run.Seccomp != profiles.SeccompCustom {
		t.Errorf("run %+v", r.Run)
	}
}

func TestCallThatKillsIsRecorded(t *testing.T) {
	program := build(t, "exact", "-nostdlib", "-ffreestanding")
	prctl := number(t, "prctl")
	filter := refusing(prctl, 0)
	filter[2].K = 0x80000000 // SECCOMP_RET_KILL_PROCESS
	o := ptrace.Options{Judge: func(_ profiles.Arch, nr int32, _ uint64, _ [6]uint64) (int, bool, bool) {
		return 0, nr == prctl, nr == prctl
	}}
	r, code, _ := record(t, o, &launch.Command{Args: []string{program}, NoNewPrivileges: true, Filter: filter})
	if code != 128+31 || len(r.Denied) != 1 || !r.Denied[0].Killed || r.Denied[0].Name != "prctl" {
		t.Errorf("exit code %d, denied %+v", code, r.Denied)
	}
	if strings.Contains(names(r), "sched_yield") {
		t.Errorf("calls %s", names(r))
	}
}

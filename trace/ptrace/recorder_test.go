package ptrace

import (
	"os"
	"testing"

	"batten/profiles"
)

func recorderAndThread() (*recorder, *thread) {
	native := nativeArches().native()
	return newRecorder(native, profiles.PhaseStartup, false), &thread{tid: os.Getpid(), image: &image{program: "/bin/it"}}
}

func TestTooManyArgumentsAreNoFiniteSet(t *testing.T) {
	r, th := recorderAndThread()
	nr, _ := profiles.SyscallNumber(r.native, "ioctl")
	for n := range uint64(profiles.MaxArgumentTuples + 10) {
		if e, _, _ := r.snapshot(); n > 0 && e.Syscalls[0].Args.Complete != (n <= profiles.MaxArgumentTuples) {
			t.Fatalf("complete is %v after %d", e.Syscalls[0].Args.Complete, n)
		}
		// The upper half of the request is no part of it.
		r.call(th, callKey{r.native, int32(nr)}, &[6]uint64{3, n | n<<40})
	}
	e, _, _ := r.snapshot()
	if n := len(e.Syscalls[0].Args.Values); n != profiles.MaxArgumentTuples {
		t.Errorf("%d tuples", n)
	}
}

func TestWhatAProgramCanMakeUsKeepIsBounded(t *testing.T) {
	r, th := recorderAndThread()
	for nr := range int32(maxCalls + 100) {
		r.call(th, callKey{r.native, nr}, new([6]uint64))
		r.deny(th, verdict{callKey: callKey{r.native, nr}, errno: 1}, new([6]uint64))
	}
	e, _, _ := r.snapshot()
	if len(e.Syscalls) != maxCalls || len(e.Denied) != maxCalls || e.Loss.MapFull != 200 || e.Loss.Complete() {
		t.Errorf("%d calls, %d denied, loss %+v", len(e.Syscalls), len(e.Denied), e.Loss)
	}
}

func TestSnapshotsAreCopies(t *testing.T) {
	r, th := recorderAndThread()
	nr, _ := profiles.SyscallNumber(r.native, "prctl")
	key := callKey{r.native, int32(nr)}
	r.call(th, key, &[6]uint64{1})
	before, _, _ := r.snapshot()
	r.setPhase(profiles.PhaseSteady)
	r.call(th, key, &[6]uint64{2})
	after, _, _ := r.snapshot()
	if len(before.Syscalls[0].Phases) != 1 || len(before.Syscalls[0].Args.Values) != 1 ||
		len(after.Syscalls[0].Phases) != 2 || len(after.Syscalls[0].Args.Values) != 2 {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

func TestIOURingIsWarnedOf(t *testing.T) {
	r, th := recorderAndThread()
	nr, _ := profiles.SyscallNumber(r.native, "io_uring_setup")
	r.call(th, callKey{r.native, int32(nr)}, new([6]uint64))
	if e, _, _ := r.snapshot(); !e.Loss.IOURing {
		t.Errorf("loss %+v", e.Loss)
	}
}

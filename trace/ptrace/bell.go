package ptrace

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// bellSignal wakes a tracer thread. It is a real-time signal that nothing else
// sends; Go's handler for it does nothing.
const bellSignal = unix.Signal(61)

// bell wakes a thread out of wait4. wait4 takes no signal mask, so a ring that
// comes just before wait4 is lost: whoever rings repeats it until it is answered.
type bell struct {
	tid int
}

// kernelAction is struct sigaction of the kernel, the same on amd64 and arm64.
type kernelAction struct {
	handler, flags, restorer uintptr
	mask                     uint64
}

// asm-generic/signal-defs.h and asm/signal.h.
const (
	saRestart   = 0x10000000
	saNoCldStop = 0x00000001
)

// muteStops keeps the kernel from sending SIGCHLD for each stop of a tracee
// (do_notify_parent_cldstop in kernel/signal.c): Go would handle it for nothing,
// which costs a quarter of all time. wait4 is woken all the same, and the ends of
// children are still told.
func muteStops() error {
	var a kernelAction
	if e := sigaction(unix.SIGCHLD, nil, &a); e != 0 {
		return fmt.Errorf("read signal action: %w", e)
	}
	a.flags |= saNoCldStop
	if e := sigaction(unix.SIGCHLD, &a, nil); e != 0 {
		return fmt.Errorf("change signal action: %w", e)
	}
	return nil
}

// hangBell prepares the calling thread to be woken. Go installs its handlers with
// SA_RESTART, under which wait4 would begin anew instead of returning; the flag
// is taken from this one signal only.
func hangBell() (bell, error) {
	var a kernelAction
	if e := sigaction(bellSignal, nil, &a); e != 0 {
		return bell{}, fmt.Errorf("read signal action: %w", e)
	}
	if a.handler <= 1 { // SIG_DFL would end batten, SIG_IGN would wake nobody
		return bell{}, fmt.Errorf("use signal %d: it has no handler", bellSignal)
	}
	if a.flags&saRestart != 0 {
		a.flags &^= saRestart
		if e := sigaction(bellSignal, &a, nil); e != 0 {
			return bell{}, fmt.Errorf("change signal action: %w", e)
		}
	}
	var set unix.Sigset_t
	bit := uint(bellSignal) - 1
	set.Val[bit/64] = 1 << (bit % 64)
	if err := unix.PthreadSigmask(unix.SIG_UNBLOCK, &set, nil); err != nil {
		return bell{}, fmt.Errorf("unblock signal: %w", err)
	}
	return bell{tid: unix.Gettid()}, nil
}

func (b bell) ring() { _ = unix.Tgkill(os.Getpid(), b.tid, bellSignal) }

func sigaction(sig unix.Signal, set, old *kernelAction) unix.Errno {
	_, _, e := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(set)),
		uintptr(unsafe.Pointer(old)), unsafe.Sizeof(kernelAction{}.mask), 0, 0)
	return e
}

package ptrace

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// syscallInfo is struct ptrace_syscall_info (linux/ptrace.h, Linux 5.3). For a
// seccomp stop ret_data follows args; it is not needed.
type syscallInfo struct {
	op    uint8
	_     [3]byte
	arch  uint32 // AUDIT_ARCH_*
	ip    uint64
	_     uint64 // stack pointer
	nr    uint64
	args  [6]uint64
	_data uint64
}

// Values of syscallInfo.op (linux/ptrace.h).
const (
	opEntry   = 1
	opExit    = 2
	opSeccomp = 3
)

// Options for every thread. PTRACE_O_EXITKILL is not among them: what is traced
// must go on when batten dies.
const baseOptions = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEFORK |
	unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACEEXEC

// Additional options under SECCOMP_RET_TRACE; see [SeccompTrace] for the reason
// of PTRACE_O_EXITKILL.
const seccompOptions = unix.PTRACE_O_TRACESECCOMP | unix.PTRACE_O_EXITKILL

// syscallStop is how PTRACE_O_TRACESYSGOOD marks a syscall stop.
const syscallStop = unix.SIGTRAP | 0x80

func ptrace(request, tid int, addr, data uintptr) error {
	_, _, e := unix.Syscall6(unix.SYS_PTRACE, uintptr(request), uintptr(tid), addr, data, 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

func seize(tid int, options uintptr) error { return ptrace(unix.PTRACE_SEIZE, tid, 0, options) }

func interrupt(tid int) error { return ptrace(unix.PTRACE_INTERRUPT, tid, 0, 0) }

// listen lets a thread stay in its group-stop (ptrace(2), "Group-stop").
func listen(tid int) error { return ptrace(unix.PTRACE_LISTEN, tid, 0, 0) }

func resume(request, tid int, sig unix.Signal) error { return ptrace(request, tid, 0, uintptr(sig)) }

func detach(tid int, sig unix.Signal) error {
	return ptrace(unix.PTRACE_DETACH, tid, 0, uintptr(sig))
}

func eventMessage(tid int) (int, error) {
	var msg uintptr // unsigned long
	_, _, e := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GETEVENTMSG, uintptr(tid), 0, uintptr(unsafe.Pointer(&msg)), 0, 0)
	if e != 0 {
		return 0, e
	}
	return int(msg), nil
}

// readCall fills info with what the stopped thread is doing.
func readCall(tid int, info *syscallInfo) error {
	_, _, e := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(tid),
		unsafe.Sizeof(*info), uintptr(unsafe.Pointer(info)), 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

// waitStop waits for the next report of any thread that this thread traces.
// __WNOTHREAD keeps it from reaping children that other threads of batten
// started, __WALL includes tracees that are threads (wait(2)).
func waitStop() (tid int, status unix.WaitStatus, err error) {
	tid, err = unix.Wait4(-1, &status, unix.WALL|unix.WNOTHREAD, nil)
	return tid, status, err
}

// hasChildren tells whether the calling thread has children or tracees, alive or
// not. WNOWAIT leaves them as they are.
func hasChildren() bool {
	const options = unix.WEXITED | unix.WSTOPPED | unix.WNOHANG | unix.WNOWAIT | unix.WALL | unix.WNOTHREAD
	for {
		err := unix.Waitid(unix.P_ALL, 0, nil, options, nil)
		if err != unix.EINTR {
			return err != unix.ECHILD
		}
	}
}

package ptrace

import (
	"sync/atomic"

	"batten/internal/launch"
	"batten/trace"
)

// target is one traced service. Fields without a remark are set before the
// tracer thread sees it, or belong to that thread.
type target struct {
	spec trace.Target
	rec  *recorder
	root int             // the command's process, or the one named by the user
	proc *launch.Process // nil for a running process

	seccomp bool // every call answers SECCOMP_RET_TRACE; see [SeccompTrace]
	started bool // the command's own program runs: from here on calls count
	leaving bool // detach each thread at its next stop
	live    int  // its known threads
	reaped  bool // the tracer has taken the exit status of root

	joining int           // seized threads that have not stopped yet
	ready   chan struct{} // closed when recording has begun or can no longer begin
	isReady bool
	code    atomic.Int32 // exit code of a command
}

func (t *target) markReady() {
	if !t.isReady {
		t.isReady = true
		close(t.ready)
	}
}

// thread is one traced thread.
type thread struct {
	tid    int
	target *target
	image  *image

	// executing is the absolute path that the thread is handing to execve, "" while
	// it does something else.
	executing string
	// finish notes what the call that is under way did, nil if that is of no interest.
	finish finish
	// entered are the files that the thread is handing to execve.
	entered []touch

	listening bool // in a group-stop, waiting for SIGCONT
	joining   bool // seized and interrupted, has not stopped yet
	// interrupted: the interruption at the attach may have made the kernel
	// continue a call through restart_syscall(2), which the program did not ask for.
	interrupted bool
}

func (th *thread) joined() {
	if !th.joining {
		return
	}
	th.joining = false
	th.target.joining--
	if th.target.joining == 0 {
		th.target.markReady()
	}
}

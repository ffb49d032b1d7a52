package ptrace

import (
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"batten/internal/launch"
)

// report handles one result of wait4.
func (l *loop) report(tid int, status unix.WaitStatus) {
	th := l.threads[tid]
	switch {
	case status.Exited(), status.Signaled():
		l.died(tid, th, status)
	case !status.Stopped():
	case th == nil:
		l.stranger(tid, status)
	default:
		l.stopped(th, status)
	}
}

// stopped handles one ptrace-stop (ptrace(2)) and lets the thread go on. Any
// request may answer ESRCH: the thread was killed meanwhile, its end is reported
// next, and nothing is to be done.
func (l *loop) stopped(th *thread, status unix.WaitStatus) {
	sig, event := status.StopSignal(), int(status>>16)
	th.listening = false
	var deliver unix.Signal
	switch event {
	case 0:
		if sig == syscallStop {
			l.call(th)
		} else {
			deliver = sig
		}
	case unix.PTRACE_EVENT_SECCOMP:
		l.call(th)
	case unix.PTRACE_EVENT_FORK, unix.PTRACE_EVENT_VFORK, unix.PTRACE_EVENT_CLONE:
		if child, err := eventMessage(th.tid); err == nil {
			l.born(child, th)
		}
	case unix.PTRACE_EVENT_EXEC:
		th = l.executed(th)
	case unix.PTRACE_EVENT_STOP:
		th.joined()
		if isStopSignal(sig) && !th.target.leaving {
			th.listening = listen(th.tid) == nil
			return
		}
	}
	l.goOn(th, deliver)
}

// isStopSignal tells a group-stop from the other PTRACE_EVENT_STOPs, which
// report SIGTRAP.
func isStopSignal(s unix.Signal) bool {
	return s == unix.SIGSTOP || s == unix.SIGTSTP || s == unix.SIGTTIN || s == unix.SIGTTOU
}

func (l *loop) goOn(th *thread, deliver unix.Signal) {
	switch {
	case th.target.leaving:
		if detach(th.tid, deliver) == nil {
			l.forget(th)
			l.detached = l.detached || l.leaving
		}
	case th.target.started && (!th.target.seccomp || th.finish != nil):
		_ = resume(unix.PTRACE_SYSCALL, th.tid, deliver)
	default:
		_ = resume(unix.PTRACE_CONT, th.tid, deliver)
	}
}

// call records the call that a thread is about to make; it counts when it is made, as
// some never return. What it did to files is told at its exit.
func (l *loop) call(th *thread) {
	if !th.target.started {
		return
	}
	switch err := readCall(th.tid, &l.info); {
	case err == unix.EIO || err == unix.EINVAL:
		l.fail(errNoCallInfo)
		return
	case err != nil:
		return
	case l.info.op == opExit:
		if th.finish != nil {
			l.exit(th)
		}
		return
	case l.info.op != opEntry && l.info.op != opSeccomp:
		return
	}
	th.executing, th.finish, th.entered = "", nil, nil
	nr := int32(l.info.nr)
	if nr < 0 {
		return // no call: the kernel itself uses -1 for one that is skipped
	}
	arch, known := l.arches.of(l.info.arch, nr)
	if !known {
		th.target.rec.unattributed()
		return
	}
	if th.interrupted {
		th.interrupted = false
		if l.arches.isRestart(arch, nr) {
			return
		}
	}
	if index, ok := l.arches.execPath(arch, nr); ok {
		th.executing = readPath(th.tid, l.info.args[index])
	}
	if l.judge != nil {
		if errno, denied, killed := l.judge(arch, nr, l.info.ip, l.info.args); denied || killed {
			th.target.rec.deny(th, verdict{callKey{arch, nr}, errno, killed}, &l.info.args)
			return
		}
	}
	th.target.rec.call(th, callKey{arch, nr}, &l.info.args)
	l.enter(th, callKey{arch, nr})
}

// executed handles a successful execve. When it was not the leader that called
// it, the kernel gives the caller the leader's number, and the leader vanishes
// without a report (ptrace(2), "execve(2) under ptrace").
func (l *loop) executed(th *thread) *thread {
	if old, err := eventMessage(th.tid); err == nil && old != th.tid {
		if caller := l.threads[old]; caller != nil {
			l.forget(th)
			l.forget(caller)
			th = l.add(th.tid, caller.target, caller.image)
			th.executing, th.entered = caller.executing, caller.entered
		}
	}
	path, entered, by := th.executing, th.entered, th.image
	if t := th.target; !t.started && t.proc != nil && filepath.IsAbs(t.proc.Path) {
		path = t.proc.Path
	}
	th.executing, th.finish, th.entered = "", nil, nil
	img, unread := readImage(th.tid, path)
	th.image = img
	th.interrupted = false
	t := th.target
	if !t.started && th.tid == t.root {
		t.started = true
		t.rec.begin(img)
		defer t.markReady()
		by = &image{} // the starter is none of the service's
		entered = l.started(th, path)
		l.inherited(th)
	}
	t.rec.executed(th, by.file, unread)
	if t.started {
		l.nowExecutes(th, entered, by)
	}
	return th
}

// died handles the end of a thread. For a command's own process, which is
// batten's child, wait4 has taken its exit status for good.
func (l *loop) died(tid int, th *thread, status unix.WaitStatus) {
	delete(l.parked, tid)
	if th == nil {
		l.early[tid] = struct{}{} // its parent's event is still to come
		return
	}
	t := th.target
	l.forget(th)
	if tid == t.root {
		t.reaped = true
		t.code.Store(int32(launch.ExitCode(syscall.WaitStatus(status))))
		t.markReady()
	}
}

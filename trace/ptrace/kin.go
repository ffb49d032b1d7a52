package ptrace

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// parkedPatience is how often, at a millisecond each, the tracer looks in vain for
// the event that tells whose a parked thread is.
const parkedPatience = 50

func (l *loop) add(tid int, t *target, img *image) *thread {
	th := &thread{tid: tid, target: t, image: img}
	l.threads[tid] = th
	t.live++
	return th
}

func (l *loop) forget(th *thread) {
	th.joined()
	if l.threads[th.tid] == th {
		delete(l.threads, th.tid)
		th.target.live--
	}
}

// born handles a parent's event: the kernel has attached its new child.
func (l *loop) born(child int, parent *thread) {
	if _, ok := l.early[child]; ok {
		delete(l.early, child) // adopted already; it may even be dead
		return
	}
	if l.threads[child] != nil {
		return
	}
	th := l.add(child, parent.target, parent.image)
	if status, ok := l.parked[child]; ok {
		delete(l.parked, child)
		l.stopped(th, status)
	}
}

// stranger handles the first stop of a thread that no event told of. A child's
// first stop and its parent's event come in any order, and a parent that is killed
// in between never reports it.
func (l *loop) stranger(tid int, status unix.WaitStatus) {
	relative := l.relativeOf(tid)
	if relative == nil {
		l.parked[tid] = status
		l.patience = parkedPatience
		return
	}
	l.early[tid] = struct{}{}
	l.stopped(l.add(tid, relative.target, relative.image), status)
}

// relativeOf finds a traced thread of the same process, or of the parent.
func (l *loop) relativeOf(tid int) *thread {
	st, err := readStatus(strconv.Itoa(tid))
	if err != nil {
		return nil
	}
	if st.tgid != tid {
		return l.threads[st.tgid]
	}
	return l.threads[st.ppid]
}

// releaseParked lets parked threads run whose parent was killed before it told of
// them. With several targets it is a guess whose they are, which is counted.
func (l *loop) releaseParked() {
	for tid, status := range l.parked {
		delete(l.parked, tid)
		if len(l.targets) == 0 {
			_ = detach(tid, 0)
			continue
		}
		t := l.targets[0]
		if len(l.targets) > 1 {
			t.rec.unattributed()
		}
		img, _ := readImage(tid, "")
		l.stopped(l.add(tid, t, img), status)
	}
}

// leave begins to detach everything that can be detached. A thread can be
// detached only in a stop, so each is interrupted.
func (l *loop) leave() {
	if l.leaving {
		return
	}
	l.leaving = true
	for _, t := range l.targets {
		l.detachTarget(t)
	}
	for tid := range l.parked {
		delete(l.parked, tid)
		_ = detach(tid, 0)
	}
	l.checkLeft()
}

// detachTarget interrupts the threads of a target, so that they can be detached.
// Those under SECCOMP_RET_TRACE stay: without a tracer their calls would fail.
func (l *loop) detachTarget(t *target) {
	if t.seccomp {
		return
	}
	t.leaving = true
	for _, th := range l.threads {
		if th.target == t {
			_ = interrupt(th.tid)
		}
	}
}

func (l *loop) checkLeft() {
	if !l.leaving || l.hasLeft {
		return
	}
	for _, t := range l.targets {
		if t.leaving && t.live > 0 {
			return
		}
	}
	l.hasLeft = true
	close(l.left)
}

// quit ends the tracer thread although threads have not stopped yet; the kernel
// detaches them. Not while one would lose its tracer that must not.
func (l *loop) quit() {
	for _, t := range l.targets {
		if t.seccomp && t.live > 0 {
			return
		}
	}
	l.stop = true
}

// kill ends a command that the tracer started.
func (l *loop) kill(t *target) {
	if t.proc != nil && !t.reaped {
		_ = unix.Kill(t.root, unix.SIGKILL)
	}
}

package ptrace

import (
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"batten/trace"
)

// seizure is one attempt to seize a target.
type seizure struct {
	*loop
	target *target
	// refused holds processes that cannot be traced, so that looking again comes
	// to an end.
	refused map[int]bool
}

func (l *loop) seizure(t *target) (*seizure, error) {
	if l.leaving {
		return nil, errEnded
	}
	l.targets = append(l.targets, t)
	return &seizure{loop: l, target: t, refused: make(map[int]bool)}, nil
}

// attachStarter seizes the starter of a command. It is not interrupted: the
// first stop of interest is that after execve.
func (l *loop) attachStarter(t *target) error {
	z, err := l.seizure(t)
	if err == nil {
		_, err = z.process(t.root)
	}
	return err
}

// attachTree seizes a process with its threads and descendants. Threads that are
// made meanwhile by threads not yet seized are found by looking again until
// nothing new is there.
func (l *loop) attachTree(t *target) error {
	z, err := l.seizure(t)
	if err != nil {
		return err
	}
	t.started = true
	img, unread := readImage(t.root, "")
	t.rec.begin(img)
	t.rec.unread(unread)
	t.joining++ // held until all are seized
	err = z.tree()
	if t.joining--; t.joining == 0 {
		t.markReady()
	}
	return err
}

func (z *seizure) tree() error {
	t := z.target
	for {
		found, children := false, childrenByParent()
		for queue := []int{t.root}; len(queue) > 0; queue = queue[1:] {
			pid := queue[0]
			if pid == os.Getpid() {
				continue // nobody can trace himself; batten's children are not the service's
			}
			fresh, err := z.process(pid)
			if err != nil && pid == t.root {
				return err
			}
			if err != nil {
				t.rec.unattributed()
			}
			found = found || fresh
			queue = append(queue, children[pid]...)
		}
		if !found {
			return nil
		}
	}
}

// process seizes the threads of a process that are not traced yet, and says
// whether there were any. Dead ones are no error, unless the root is gone.
func (z *seizure) process(pid int) (found bool, err error) {
	if z.refused[pid] {
		return false, nil
	}
	var img *image
	for again := true; again; {
		again = false
		for _, tid := range threadsOf(pid) {
			if z.threads[tid] != nil {
				continue
			}
			switch err := z.thread(tid, &img); err {
			case nil:
				again, found = true, true
			case unix.ESRCH: // died meanwhile
			default:
				z.refused[pid] = true
				return found, refusal(pid, err)
			}
		}
	}
	if pid == z.target.root && z.target.live == 0 {
		return found, fmt.Errorf("attach to process %d: %w", pid, trace.ErrNoTarget)
	}
	return found, nil
}

func (z *seizure) thread(tid int, img **image) error {
	t := z.target
	options := uintptr(baseOptions)
	if t.seccomp {
		options |= seccompOptions
	}
	err := seize(tid, options)
	if err == unix.EPERM {
		switch st, statErr := readStatus(strconv.Itoa(tid)); {
		case statErr != nil || st.dead():
			return unix.ESRCH
		case st.tracer == z.bell.tid:
			// Attached by the kernel when a seized parent made it. Its first stop,
			// or its parent's event, makes it known.
			return unix.ESRCH
		}
	}
	if err != nil {
		return err
	}
	if *img == nil {
		var unread uint64
		*img, unread = readImage(tid, "")
		t.rec.unread(unread)
		if t.started {
			t.rec.executed(&thread{tid: tid, image: *img}, "", 0)
		}
	}
	th := z.add(tid, t, *img)
	if !t.started {
		return nil
	}
	if interrupt(tid) == nil {
		th.joining, th.interrupted = true, true
		t.joining++
	}
	return nil
}

package ptrace

import (
	"fmt"
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"batten/trace"
)

// loop is the tracer: the state of the one thread that makes all ptrace calls.
// Other goroutines reach it only through do.
type loop struct {
	bell  bell
	ops   chan operation
	ended chan struct{} // closed when the thread is gone, and with it every attachment

	arches   arches
	judge    Judge
	evidence map[callKey]handler // what touches files, sockets, processes
	devices  devices

	threads map[int]*thread
	// parked holds threads that stopped before it is known whose they are.
	parked   map[int]unix.WaitStatus
	patience int
	// early holds new threads that were adopted before their parent's event told
	// of them.
	early map[int]struct{}

	targets []*target
	armed   bool          // all first targets are there: running out of threads means the end
	gone    chan struct{} // closed when nothing traced is left
	isGone  bool
	left    chan struct{} // closed when nothing is left that must be detached
	leaving bool
	// detached: something went on without the tracer, so its end is not known.
	detached bool
	hasLeft  bool
	stop     bool
	failure  error // why tracing cannot go on

	info syscallInfo
}

type operation struct {
	run  func()
	done chan struct{}
}

// startLoop starts the tracer thread. It ends when everything is detached after
// leave, or at quit.
func startLoop(judge Judge) (*loop, error) {
	l := &loop{
		ops: make(chan operation, 16), ended: make(chan struct{}),
		arches: nativeArches(), judge: judge, evidence: evidenceOf(nativeArches()), devices: make(devices),
		threads: make(map[int]*thread), parked: make(map[int]unix.WaitStatus), early: make(map[int]struct{}),
		gone: make(chan struct{}), left: make(chan struct{}),
	}
	hung := make(chan error)
	onChildlessThread(func() {
		defer close(l.ended)
		var err error
		if l.bell, err = hangBell(); err == nil {
			err = muteStops()
		}
		hung <- err
		if err == nil {
			l.run()
		}
	})
	if err := <-hung; err != nil {
		<-l.ended
		return nil, err
	}
	return l, nil
}

// onChildlessThread runs f on an operating-system thread of its own that has no
// children, so that wait4(-1, __WNOTHREAD) there reports tracees only. The main
// thread is avoided too: it inherits the children of threads that end
// (find_alive_thread in kernel/exit.c). The thread ends with f, upon which the
// kernel detaches whatever is left.
func onChildlessThread(f func()) {
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() != os.Getpid() && !hasChildren() {
			f()
			return // still locked: the thread ends
		}
		// Hold this thread until a better one is found, so that it is not tried again.
		found := make(chan struct{})
		onChildlessThread(func() { close(found); f() })
		<-found
		runtime.UnlockOSThread()
	}()
}

// do runs f on the tracer thread and waits for it; false when that thread is gone.
func (l *loop) do(f func()) bool {
	op := operation{run: f, done: make(chan struct{})}
	select {
	case l.ops <- op:
	case <-l.ended:
		return false
	}
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for {
		l.bell.ring()
		select {
		case <-op.done:
			return true
		case <-l.ended:
			select {
			case <-op.done:
				return true
			default:
				return false
			}
		case <-again.C:
		}
	}
}

func (l *loop) run() {
	for !l.stop {
		select {
		case op := <-l.ops:
			op.run()
			close(op.done)
			continue
		default:
		}
		tid, status, err := l.wait()
		switch err {
		case nil:
			if tid != 0 {
				l.report(tid, status)
			}
		case unix.EINTR: // the bell
		case unix.ECHILD:
			l.nothingLeft()
			if l.stop {
				return
			}
			op := <-l.ops
			op.run()
			close(op.done)
		default: // wait4 has no other errors; staying would be a busy loop
			l.fail(fmt.Errorf("wait for traced threads: %w", err))
			return
		}
		l.checkLeft()
	}
}

// wait blocks for the next report. While a stopped thread is parked it does not
// block, so that the thread is not forgotten.
func (l *loop) wait() (int, unix.WaitStatus, error) {
	if len(l.parked) == 0 {
		return waitStop()
	}
	var status unix.WaitStatus
	tid, err := unix.Wait4(-1, &status, unix.WALL|unix.WNOTHREAD|unix.WNOHANG, nil)
	if tid == 0 && err == nil {
		time.Sleep(time.Millisecond)
		if l.patience--; l.patience <= 0 {
			l.releaseParked()
		}
	}
	return tid, status, err
}

// nothingLeft is called when the thread traces nobody.
func (l *loop) nothingLeft() {
	for _, th := range l.threads { // reported nothing when it went; cannot happen, must not hang
		l.forget(th)
	}
	if l.armed && !l.isGone && !l.detached {
		l.isGone = true
		close(l.gone)
	}
	if l.leaving {
		l.stop = true
	}
}

// fail gives up: everything is detached, and callers get err.
func (l *loop) fail(err error) {
	if l.failure == nil {
		l.failure = fmt.Errorf("%w: %w", trace.ErrUnsupported, err)
	}
	for _, t := range l.targets {
		t.markReady()
	}
	l.leave()
}

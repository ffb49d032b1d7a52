package ptrace

import (
	"slices"

	"golang.org/x/sys/unix"

	"batten/profiles"
)

// held is a call whose thread stands still before it. Names are read and resolved
// now: a name that is to vanish still leads somewhere, and what the call will make is
// not there yet.
type held struct {
	*loop
	th   *thread
	name string // of the call
	args [6]uint64
	eyes *view
}

// finish notes what a call did when it returns; result is a negative errno where it
// failed. nil means that the call is of no interest, and that its exit need not stop.
type finish func(result int64)

// handler looks at one kind of call.
type handler func(h *held) finish

// handlers are the calls that touch files, sockets and processes. The tables beside
// the handlers fill it.
var handlers = []map[string]handler{openCalls, nameCalls, attributeCalls, memoryCalls, socketCalls, contactCalls, mountCalls}

// evidenceOf finds the handlers for this kernel's calls. Those of a second calling
// convention are counted as lost: their structures are laid out otherwise, and some
// go through numbers of their own (socketcall). Only execve is the same for all.
func evidenceOf(as arches) map[callKey]handler {
	out := make(map[callKey]handler)
	for i, c := range as {
		for _, table := range handlers {
			for name, f := range table {
				if i > 0 {
					f = lostCall
				}
				if nr, ok := profiles.SyscallNumber(c.arch, name); ok {
					out[callKey{c.arch, int32(nr)}] = f
				}
			}
		}
		for name, f := range executeCalls {
			if nr, ok := profiles.SyscallNumber(c.arch, name); ok {
				out[callKey{c.arch, int32(nr)}] = f
			}
		}
		for _, name := range otherNames {
			if nr, ok := profiles.SyscallNumber(c.arch, name); ok && i > 0 {
				out[callKey{c.arch, int32(nr)}] = lostCall
			}
		}
	}
	return out
}

// otherNames are what second conventions call the calls of the tables.
var otherNames = []string{"socketcall", "fcntl64", "truncate64", "ftruncate64", "chown32", "lchown32", "fchown32", "umount"}

// lostCall counts a call that is not understood.
func lostCall(h *held) finish {
	return func(result int64) {
		if result >= 0 {
			h.lost()
		}
	}
}

// enter looks at a call before it is made, leave after it.
func (l *loop) enter(th *thread, key callKey) {
	f := l.evidence[key]
	if f == nil || !th.target.rec.seesFiles() {
		return
	}
	v := newView(th.tid, l.devices)
	h := &held{loop: l, th: th, name: callName(key), args: l.info.args, eyes: v}
	th.finish = f(h)
	v.close()
	if v.outside > 0 && th.finish != nil {
		h.guessed()
	}
}

func (l *loop) exit(th *thread) {
	f := th.finish
	th.finish = nil
	result := int64(l.info.nr) // of an exit: rval, then is_error
	f(result)
}

func (h *held) lost()    { h.th.target.rec.count(func(x *profiles.Loss) { x.Paths++ }) }
func (h *held) guessed() { h.th.target.rec.count(func(x *profiles.Loss) { x.Guessed++ }) }

// fresh is what the thread sees now, at the end of its call. The caller closes it.
func (h *held) fresh() *view { return newView(h.th.tid, h.devices) }

// find resolves the name at an address.
func (h *held) find(dirfd uint64, addr uint64, follow bool) found {
	name, err := readString(h.th.tid, addr)
	if err != nil {
		return found{err: err}
	}
	s, err := h.eyes.find(int32(dirfd), name, follow)
	return found{s, err}
}

// findAt resolves a name as calls with AT_ flags do.
func (h *held) findAt(dirfd, addr, flags uint64, follow bool) found {
	name, err := readString(h.th.tid, addr)
	if flags&unix.AT_EMPTY_PATH != 0 && (err != nil && addr == 0 || err == nil && name == "") {
		return h.open(dirfd)
	}
	if err != nil {
		return found{err: err}
	}
	s, err := h.eyes.find(int32(dirfd), name, follow)
	return found{s, err}
}

// open is what an open file of the thread leads to.
func (h *held) open(fd uint64) found {
	if int32(fd) == unix.AT_FDCWD {
		s, err := h.eyes.object(h.eyes.at + "/cwd")
		return found{s, err}
	}
	s, err := h.eyes.openFile(int32(fd))
	return found{s, err}
}

// found is what a name led to, or why that is not known.
type found struct {
	spot
	err error
}

// touch is a row that a call gives when it succeeds.
type touch struct {
	found
	access []profiles.Access
	target string
	kind   profiles.FileKind // where the call makes it
	device string
	folder bool
}

func (f found) as(access ...profiles.Access) touch {
	t := touch{found: f, access: access, folder: f.folder()}
	if f.exists {
		t.kind, t.device = kindOf(f.stat.mode, f.stat.rdev)
	}
	return t
}

// gives notes rows when the call succeeds, or fails with one of the errors that come
// after a security module was asked.
func (h *held) gives(asked []unix.Errno, rows ...touch) finish {
	return func(result int64) {
		if result < 0 && !slices.Contains(asked, unix.Errno(-result)) {
			return
		}
		for _, t := range rows {
			switch {
			case t.err == nil:
				h.note(t)
			case result >= 0:
				h.lost()
			}
		}
	}
}

// note records a row; what has no name is none.
func (h *held) note(t touch) {
	if t.path == "" {
		return
	}
	if len(t.path) >= maxPathRead || len(t.target) >= maxPathRead {
		h.lost()
		return
	}
	h.th.target.rec.touch(h.th, fileKey{
		path: t.path, target: t.target, kind: t.kind, device: t.device, folder: t.folder, program: h.th.image.file,
	}, t.access...)
}

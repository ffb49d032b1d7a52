package ptrace

import (
	"slices"

	"golang.org/x/sys/unix"

	"batten/profiles"
)

var openCalls = map[string]handler{
	"open":    func(h *held) finish { return h.opens(atCWD, h.args[0], h.args[1], 0) },
	"creat":   func(h *held) finish { return h.opens(atCWD, h.args[0], unix.O_CREAT|unix.O_WRONLY|unix.O_TRUNC, 0) },
	"openat":  func(h *held) finish { return h.opens(h.args[0], h.args[1], h.args[2], 0) },
	"openat2": openat2,
	// Its handle names a file as no path does; what it opens has one.
	"open_by_handle_at": func(h *held) finish { return h.opened(h.args[2], false, true, nil) },
}

// atCWD is AT_FDCWD as an argument of a call.
const atCWD = ^uint64(99)

// openat2 has its flags in struct open_how: flags, mode, resolve.
func openat2(h *held) finish {
	how, err := readExactly(h.th.tid, h.args[2], 24)
	if err != nil {
		return nil // EFAULT
	}
	return h.opens(h.args[0], h.args[1], word(how, 0), word(how, 16))
}

// notAsked are the errors of open(2) that come before a security module is asked, or
// are its own answer, and those after which the kernel asks again by itself.
var notAsked = []unix.Errno{
	unix.ENOENT, unix.EACCES, unix.EPERM, unix.ENOTDIR, unix.ELOOP, unix.EEXIST, unix.ENAMETOOLONG, unix.EMFILE,
	unix.ENFILE, unix.EFAULT, unix.EINVAL, unix.EROFS, unix.EISDIR, unix.EXDEV, unix.EAGAIN, unix.EBADF, unix.EINTR,
	unix.E2BIG, restartSys, restartNoIntr, restartNoHand, restartBlock,
}

// Answers inside the kernel that a tracer sees and the program does not
// (include/linux/errno.h).
const (
	restartSys    unix.Errno = 512
	restartNoIntr unix.Errno = 513
	restartNoHand unix.Errno = 514
	restartBlock  unix.Errno = 516
)

// opens handles a call that opens a name. What is opened is asked of the descriptor
// afterwards: that is where the kernel ended up.
func (h *held) opens(dirfd, addr, flags, resolve uint64) finish {
	if flags&unix.O_PATH != 0 {
		return nil
	}
	var before *found
	if flags&unix.O_CREAT != 0 && flags&unix.O_EXCL == 0 && resolve&unix.RESOLVE_IN_ROOT == 0 {
		f := h.find(dirfd, addr, flags&unix.O_NOFOLLOW == 0)
		before = &f
	}
	there := flags&unix.O_CREAT == 0 || flags&unix.O_EXCL == 0 && (before == nil || before.err != nil || before.exists)
	made := flags&unix.O_CREAT != 0 && (before == nil || before.err != nil || !before.exists || before.unasked)
	return h.opened(flags, made, there, func() found {
		// Another thread closed it already, or it was never opened.
		if before != nil {
			return *before
		}
		h.eyes = h.fresh()
		defer h.eyes.close()
		return h.find(dirfd, addr, flags&unix.O_NOFOLLOW == 0)
	})
}

// opened notes what a descriptor that a call returns leads to. It was made by the
// call, or was there before, or that is not known and both are taken to be so; again,
// if not nil, resolves the name that was opened.
func (h *held) opened(flags uint64, made, there bool, again func() found) finish {
	if flags&unix.O_PATH != 0 {
		return nil
	}
	return func(result int64) {
		if result < 0 {
			if again == nil || slices.Contains(notAsked, unix.Errno(-result)) {
				return
			}
			if f := again(); f.err == nil {
				h.note(f.as(accessOf(flags, made && !f.exists, f.exists)...))
			} else {
				h.lost()
			}
			return
		}
		v := h.fresh()
		defer v.close()
		s, err := v.openFile(int32(result))
		if err == unix.ENOENT && again != nil {
			if f := again(); f.err == nil {
				s, err = f.spot, nil
			}
		}
		if err != nil {
			h.lost()
			return
		}
		if v.outside > 0 {
			h.guessed()
		}
		h.note(found{spot: s}.as(accessOf(flags, made, there)...))
	}
}

// accessOf reads the flags of an open.
func accessOf(flags uint64, made, wasThere bool) []profiles.Access {
	var out []profiles.Access
	if made || flags&unix.O_TMPFILE == unix.O_TMPFILE {
		out = append(out, profiles.AccessCreate)
	}
	switch {
	case flags&unix.O_ACCMODE == unix.O_RDONLY:
		out = append(out, profiles.AccessRead)
	case flags&unix.O_ACCMODE != unix.O_WRONLY:
		out = append(out, profiles.AccessRead, profiles.AccessWrite)
	case flags&unix.O_APPEND != 0:
		out = append(out, profiles.AccessAppend)
	default:
		out = append(out, profiles.AccessWrite)
	}
	if flags&unix.O_TRUNC != 0 && wasThere {
		out = append(out, profiles.AccessTruncate)
	}
	return out
}

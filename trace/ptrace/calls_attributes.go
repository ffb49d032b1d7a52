package ptrace

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"batten/profiles"
)

// attributeCalls change a file without opening it, or lock it.
var attributeCalls = map[string]handler{
	"chmod":     func(h *held) finish { return h.changes(atCWD, h.args[0], 0, profiles.AccessChmod) },
	"fchmod":    func(h *held) finish { return h.gives(nil, h.open(h.args[0]).as(profiles.AccessChmod)) },
	"fchmodat":  func(h *held) finish { return h.changes(h.args[0], h.args[1], 0, profiles.AccessChmod) },
	"fchmodat2": func(h *held) finish { return h.changes(h.args[0], h.args[1], h.args[3], profiles.AccessChmod) },

	"chown": func(h *held) finish { return h.changes(atCWD, h.args[0], 0, profiles.AccessChown) },
	"lchown": func(h *held) finish {
		return h.changes(atCWD, h.args[0], unix.AT_SYMLINK_NOFOLLOW, profiles.AccessChown)
	},
	"fchown":   func(h *held) finish { return h.gives(nil, h.open(h.args[0]).as(profiles.AccessChown)) },
	"fchownat": func(h *held) finish { return h.changes(h.args[0], h.args[1], h.args[4], profiles.AccessChown) },

	"truncate":  func(h *held) finish { return h.changes(atCWD, h.args[0], 0, profiles.AccessTruncate) },
	"ftruncate": func(h *held) finish { return h.gives(nil, h.open(h.args[0]).as(profiles.AccessTruncate)) },

	"flock": flock,
	"fcntl": fcntl,
}

func (h *held) changes(dirfd, name, flags uint64, a profiles.Access) finish {
	return h.gives(nil, h.findAt(dirfd, name, flags, flags&unix.AT_SYMLINK_NOFOLLOW == 0).as(a))
}

// taken: held by somebody else, which is an answer that comes after the security module's.
var taken = []unix.Errno{unix.EAGAIN}

func flock(h *held) finish {
	switch h.args[1] &^ unix.LOCK_NB {
	case unix.LOCK_SH:
		return h.locks(unix.F_RDLCK)
	case unix.LOCK_EX:
		return h.locks(unix.F_WRLCK)
	}
	return nil
}

func fcntl(h *held) finish {
	switch h.args[1] {
	case unix.F_SETLK, unix.F_SETLKW, unix.F_OFD_SETLK, unix.F_OFD_SETLKW:
		b, err := readExactly(h.th.tid, h.args[2], 2) // struct flock begins with its type
		if err != nil {
			return nil // EFAULT
		}
		return h.locks(int(binary.NativeEndian.Uint16(b)))
	case unix.F_SETLEASE:
		return h.locks(int(int32(h.args[2])))
	}
	return nil
}

func (h *held) locks(kind int) finish {
	switch kind {
	case unix.F_RDLCK:
		return h.gives(taken, h.open(h.args[0]).as(profiles.AccessLock))
	case unix.F_WRLCK:
		return h.gives(taken, h.open(h.args[0]).as(profiles.AccessLockOnly))
	}
	return nil
}

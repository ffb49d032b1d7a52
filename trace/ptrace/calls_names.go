package ptrace

import (
	"golang.org/x/sys/unix"

	"batten/profiles"
)

// nameCalls make, remove and change names.
var nameCalls = map[string]handler{
	"rename":    func(h *held) finish { return h.renames(atCWD, h.args[0], atCWD, h.args[1], 0) },
	"renameat":  func(h *held) finish { return h.renames(h.args[0], h.args[1], h.args[2], h.args[3], 0) },
	"renameat2": func(h *held) finish { return h.renames(h.args[0], h.args[1], h.args[2], h.args[3], h.args[4]) },

	"unlink":   func(h *held) finish { return h.removes(atCWD, h.args[0]) },
	"rmdir":    func(h *held) finish { return h.removes(atCWD, h.args[0]) },
	"unlinkat": func(h *held) finish { return h.removes(h.args[0], h.args[1]) },

	"mkdir":   func(h *held) finish { return h.makes(atCWD, h.args[0], unix.S_IFDIR, 0) },
	"mkdirat": func(h *held) finish { return h.makes(h.args[0], h.args[1], unix.S_IFDIR, 0) },
	"mknod":   func(h *held) finish { return h.makes(atCWD, h.args[0], h.args[1], h.args[2]) },
	"mknodat": func(h *held) finish { return h.makes(h.args[0], h.args[1], h.args[2], h.args[3]) },

	"link":    func(h *held) finish { return h.links(atCWD, h.args[0], atCWD, h.args[1], 0) },
	"linkat":  func(h *held) finish { return h.links(h.args[0], h.args[1], h.args[2], h.args[3], h.args[4]) },
	"symlink": func(h *held) finish { return h.gives(nil, h.find(atCWD, h.args[1], false).as(profiles.AccessSymlink)) },
	"symlinkat": func(h *held) finish {
		return h.gives(nil, h.find(h.args[1], h.args[2], false).as(profiles.AccessSymlink))
	},
}

// occupied are errors of file systems, which are asked after the security module.
var occupied = []unix.Errno{unix.ENOTEMPTY, unix.EBUSY}

func (h *held) renames(oldDir, oldName, newDir, newName, flags uint64) finish {
	from, to := h.find(oldDir, oldName, false), h.find(newDir, newName, false)
	gives, takes := from.as(profiles.AccessRename), to.as(profiles.AccessReplace)
	if flags&unix.RENAME_EXCHANGE != 0 {
		gives.access = append(gives.access, profiles.AccessReplace)
		takes.access = append(takes.access, profiles.AccessRename)
	} else {
		// The new name gets what the old one was.
		takes.folder, takes.kind, takes.device = gives.folder, gives.kind, gives.device
	}
	return h.gives(occupied, gives, takes)
}

func (h *held) removes(dirfd, name uint64) finish {
	return h.gives(occupied, h.find(dirfd, name, false).as(profiles.AccessRemove))
}

func (h *held) makes(dirfd, name, mode, device uint64) finish {
	t := h.find(dirfd, name, false).as(profiles.AccessCreate)
	t.folder = mode&unix.S_IFMT == unix.S_IFDIR
	t.kind, t.device = kindOf(uint32(mode), kernelDevice(device))
	return h.gives(nil, t)
}

// kernelDevice decodes a device number as mknod takes it (new_decode_dev in
// linux/kdev_t.h), of 32 bits, into that of struct stat.
func kernelDevice(dev uint64) uint64 {
	d := uint32(dev)
	return unix.Mkdev(d&0xfff00>>8, d&0xff|d>>12&0xfff00)
}

func (h *held) links(oldDir, oldName, newDir, newName, flags uint64) finish {
	old := h.findAt(oldDir, oldName, flags, flags&unix.AT_SYMLINK_FOLLOW != 0)
	t := h.find(newDir, newName, false).as(profiles.AccessLink)
	if t.target = old.path; old.err != nil || old.path == "" {
		t.err = unix.ENOENT // only a link whose target is known is a row
	}
	t.kind, t.device = old.as().kind, old.as().device
	return h.gives(nil, t)
}

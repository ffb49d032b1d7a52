package ptrace

import (
	"golang.org/x/sys/unix"

	"batten/profiles"
)

// mountCalls change what is mounted where.
var mountCalls = map[string]handler{
	"mount": mounts,
	"umount2": func(h *held) finish {
		return h.mounted(h.find(atCWD, h.args[0], true), profiles.Mount{Operation: "umount"})
	},
	"move_mount": func(h *held) finish {
		return h.mounted(h.findAt(h.args[2], h.args[3], moveEmpty(h.args[4]), true), profiles.Mount{Operation: "move"})
	},
	"pivot_root": func(h *held) finish {
		return h.mounted(h.find(atCWD, h.args[0], true), profiles.Mount{Operation: "pivot_root"})
	},
}

// moveEmpty translates MOVE_MOUNT_T_EMPTY_PATH (linux/mount.h).
func moveEmpty(flags uint64) uint64 {
	if flags&unix.MOVE_MOUNT_T_EMPTY_PATH != 0 {
		return unix.AT_EMPTY_PATH
	}
	return 0
}

// mountOptions are the flags of mount(2) that a mount keeps, by their names.
var mountOptions = []struct {
	flag uint64
	name string
}{
	{unix.MS_RDONLY, "ro"}, {unix.MS_NOSUID, "nosuid"}, {unix.MS_NODEV, "nodev"}, {unix.MS_NOEXEC, "noexec"},
	{unix.MS_SYNCHRONOUS, "sync"}, {unix.MS_MANDLOCK, "mand"}, {unix.MS_DIRSYNC, "dirsync"}, {unix.MS_NOATIME, "noatime"},
	{unix.MS_NODIRATIME, "nodiratime"}, {unix.MS_BIND, "bind"}, {unix.MS_REC, "rec"}, {unix.MS_SILENT, "silent"},
	{unix.MS_UNBINDABLE, "unbindable"}, {unix.MS_PRIVATE, "private"}, {unix.MS_SLAVE, "slave"}, {unix.MS_SHARED, "shared"},
	{unix.MS_RELATIME, "relatime"}, {unix.MS_STRICTATIME, "strictatime"},
}

// mounts handles mount(2). Its data is not kept: it may hold a password.
func mounts(h *held) finish {
	flags := h.args[3]
	m := profiles.Mount{Operation: mountOperation(flags)}
	// Where they mean nothing the kernel takes any address.
	m.Source, _ = readString(h.th.tid, h.args[0])
	if m.Operation == "mount" {
		m.Type, _ = readString(h.th.tid, h.args[2])
	}
	for _, o := range mountOptions {
		if flags&o.flag != 0 {
			m.Options = append(m.Options, o.name)
		}
	}
	return h.mounted(h.find(atCWD, h.args[1], true), m)
}

// mountOperation is in the order in which the kernel looks (path_mount in
// fs/namespace.c).
func mountOperation(flags uint64) string {
	switch {
	case flags&unix.MS_REMOUNT != 0:
		return "remount"
	case flags&unix.MS_BIND != 0:
		return "bind"
	case flags&(unix.MS_SHARED|unix.MS_PRIVATE|unix.MS_SLAVE|unix.MS_UNBINDABLE) != 0:
		return "propagation"
	case flags&unix.MS_MOVE != 0:
		return "move"
	}
	return "mount"
}

func (h *held) mounted(f found, m profiles.Mount) finish {
	return func(result int64) {
		switch {
		case result < 0:
		case f.err != nil || f.path == "":
			h.lost()
		default:
			clear(h.devices)
			m.Path = f.path
			h.th.target.rec.mount(h.th, m)
		}
	}
}

package ptrace

import (
	"strconv"

	"golang.org/x/sys/unix"

	"batten/profiles"
)

// attributes are what is asked of a file.
type attributes struct {
	dev, ino, rdev uint64
	mode           uint32
}

func (a attributes) is(kind uint32) bool { return a.mode&unix.S_IFMT == kind }

// statOf asks for a file's attributes. AT_STATX_DONT_SYNC: a network or user's file
// system answers with what it remembers, and is not waited for.
func statOf(dir int, name string, flags int) (attributes, error) {
	var x unix.Statx_t
	const mask = unix.STATX_TYPE | unix.STATX_INO
	for {
		err := unix.Statx(dir, name, flags|unix.AT_STATX_DONT_SYNC|unix.AT_NO_AUTOMOUNT, mask, &x)
		if err == unix.EINTR {
			continue
		}
		return attributes{
			dev: unix.Mkdev(x.Dev_major, x.Dev_minor), ino: x.Ino, rdev: unix.Mkdev(x.Rdev_major, x.Rdev_minor), mode: uint32(x.Mode),
		}, err
	}
}

// kindOf says what a file is besides a regular one or a folder.
func kindOf(mode uint32, rdev uint64) (kind profiles.FileKind, device string) {
	number := func() string {
		return strconv.FormatUint(uint64(unix.Major(rdev)), 10) + ":" + strconv.FormatUint(uint64(unix.Minor(rdev)), 10)
	}
	switch mode & unix.S_IFMT {
	case unix.S_IFCHR:
		return profiles.FileChar, number()
	case unix.S_IFBLK:
		return profiles.FileBlock, number()
	case unix.S_IFIFO:
		return profiles.FileFIFO, ""
	case unix.S_IFSOCK:
		return profiles.FileSocket, ""
	}
	return "", ""
}

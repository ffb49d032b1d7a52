package ptrace

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// userServed are the file systems that a process serves. If that process is traced,
// it cannot answer while the tracer waits for it: nothing that needs an answer may be
// asked of them.
var userServed = map[string]bool{"fuse": true, "fuseblk": true}

// devices remembers which devices are file systems of processes.
type devices map[uint64]bool

// served tells whether a process serves a device. Those numbers have no major part,
// and are read from the thread's list of mounts when they are seen first.
func (v *view) served(dev uint64) bool {
	if unix.Major(dev) != 0 {
		return false
	}
	is, known := v.devices[dev]
	if known {
		return is
	}
	b, err := os.ReadFile(v.at + "/mountinfo")
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(b)) {
		// id parent major:minor root point options [more] - type source options
		front, back, ok := strings.Cut(line, " - ")
		fields := strings.Fields(front)
		if !ok || len(fields) < 3 {
			continue
		}
		major, minor, _ := strings.Cut(fields[2], ":")
		a, err := strconv.ParseUint(major, 10, 32)
		c, err2 := strconv.ParseUint(minor, 10, 32)
		if err != nil || err2 != nil {
			continue
		}
		kind, _, _ := strings.Cut(back, " ")
		kind, _, _ = strings.Cut(kind, ".") // "fuse.sshfs"
		v.devices[unix.Mkdev(uint32(a), uint32(c))] = userServed[kind]
	}
	is, known = v.devices[dev]
	if !known {
		v.devices[dev] = false // in no list: memory, pipes
	}
	return is
}

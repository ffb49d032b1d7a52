package sample

import (
	"os"
	"strconv"
	"strings"
)

// maxDescriptors bounds how many open files of one process are looked at one by
// one; all are counted.
const maxDescriptors = 65536

// descriptors lists the open files of a process by number.
func (r root) descriptors(pid int) []string {
	dir, err := os.Open(r.path("proc", strconv.Itoa(pid), "fd"))
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil
	}
	return names
}

// inodes are the sockets that processes hold open.
func (r root) inodes(processes []process) map[uint64]bool {
	out := map[uint64]bool{}
	for _, p := range processes {
		names := r.descriptors(p.pid)
		for _, name := range names[:min(len(names), maxDescriptors)] {
			text, ok := strings.CutPrefix(r.link(p.pid, "fd", name), "socket:[")
			if !ok {
				continue
			}
			if n, err := strconv.ParseUint(strings.TrimSuffix(text, "]"), 10, 64); err == nil {
				out[n] = true
			}
		}
	}
	return out
}

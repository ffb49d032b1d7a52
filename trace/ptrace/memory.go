package ptrace

import (
	"bytes"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// maxPathRead is PATH_MAX: execve refuses longer ones.
const maxPathRead = 4096

// pageSize is the smallest that there is: memory is mapped in steps of it.
const pageSize = 4096

// readPath reads the path at an address of a stopped thread. It is "" when it is
// not absolute, cannot be read, or only leads to another file (/proc/self/exe).
// Another thread may still change it before the kernel reads it: it explains, no
// rule is made of it.
func readPath(tid int, addr uint64) string {
	var path []byte
	for len(path) < maxPathRead {
		// Not over the end of a page: the next one may not be mapped.
		part := make([]byte, min(pageSize-int(addr%pageSize), maxPathRead-len(path)))
		local := []unix.Iovec{{Base: &part[0]}}
		local[0].SetLen(len(part))
		n, err := unix.ProcessVMReadv(tid, local, []unix.RemoteIovec{{Base: uintptr(addr), Len: len(part)}}, 0)
		if err != nil || n <= 0 {
			return ""
		}
		part = part[:n]
		if end := bytes.IndexByte(part, 0); end >= 0 {
			return absolute(string(append(path, part[:end]...)))
		}
		path = append(path, part...)
		addr += uint64(n)
	}
	return ""
}

func absolute(path string) string {
	for _, dir := range []string{"/proc/", "/dev/fd/"} {
		if strings.HasPrefix(path, dir) {
			return ""
		}
	}
	if !filepath.IsAbs(path) {
		return ""
	}
	return path
}

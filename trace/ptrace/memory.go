package ptrace

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// maxPathRead is PATH_MAX: the kernel refuses longer names.
const maxPathRead = 4096

// pageSize is the smallest that there is: memory is mapped in steps of it.
const pageSize = 4096

var errUnreadable = errors.New("memory cannot be read")

// readMemory fills b from a stopped thread's memory and tells how much of it there
// was.
func readMemory(tid int, addr uint64, b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	local := []unix.Iovec{{Base: &b[0]}}
	local[0].SetLen(len(b))
	return unix.ProcessVMReadv(tid, local, []unix.RemoteIovec{{Base: uintptr(addr), Len: len(b)}}, 0)
}

// readExactly reads size bytes of a stopped thread's memory.
func readExactly(tid int, addr uint64, size int) ([]byte, error) {
	b := make([]byte, size)
	if n, err := readMemory(tid, addr, b); err != nil || n != size {
		return nil, errUnreadable
	}
	return b, nil
}

// readString reads the string at an address of a stopped thread. Another thread may
// still change it before the kernel reads it.
func readString(tid int, addr uint64) (string, error) {
	var out []byte
	for len(out) < maxPathRead {
		// Not over the end of a page: the next one may not be mapped.
		part := make([]byte, min(pageSize-int(addr%pageSize), maxPathRead-len(out)))
		n, err := readMemory(tid, addr, part)
		if err != nil || n <= 0 {
			return "", errUnreadable
		}
		part = part[:n]
		if end := bytes.IndexByte(part, 0); end >= 0 {
			return string(append(out, part[:end]...)), nil
		}
		out = append(out, part...)
		addr += uint64(n)
	}
	return "", unix.ENAMETOOLONG
}

// readPath reads the path at an address, as the name of a program. It is "" when it
// is not absolute, cannot be read, or only leads to another file (/proc/self/exe): it
// explains, no rule is made of it.
func readPath(tid int, addr uint64) string {
	s, err := readString(tid, addr)
	if err != nil {
		return ""
	}
	return absolute(s)
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

package sample

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
)

// maxFile bounds every file that is read. The tables of sockets are the longest.
const maxFile = 16 << 20

// root is the folder below which proc and sys are found.
type root string

// read returns a file's content, nil when it cannot be read.
func (r root) read(name ...string) []byte {
	f, err := os.Open(r.path(name...))
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil
	}
	return data
}

func (r root) path(name ...string) string {
	return filepath.Join(append([]string{string(r)}, name...)...)
}

// proc is a file of a process.
func (r root) proc(pid int, name ...string) []byte {
	return r.read(append([]string{"proc", strconv.Itoa(pid)}, name...)...)
}

// link is where a link of a process leads, "" when that cannot be read.
func (r root) link(pid int, name ...string) string {
	to, err := os.Readlink(r.path(append([]string{"proc", strconv.Itoa(pid)}, name...)...))
	if err != nil {
		return ""
	}
	return to
}

package sample

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// machine is a folder that looks like a machine's proc and sys.
type machine struct {
	t   *testing.T
	dir string
}

func newMachine(t *testing.T) machine {
	m := machine{t, t.TempDir()}
	m.process(1, 0, "init", map[string]string{"ns/net": "-> net:[1]"})
	return m
}

// write puts a file, or a link for a text that begins with "-> ".
func (m machine) write(name, text string) {
	m.t.Helper()
	at := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		m.t.Fatal(err)
	}
	_ = os.Remove(at)
	var err error
	if to, ok := strings.CutPrefix(text, "-> "); ok {
		err = os.Symlink(to, at)
	} else {
		err = os.WriteFile(at, []byte(text), 0o644)
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

// process puts a process of user 0 that has one thread, with more files.
func (m machine) process(pid, parent int, name string, files map[string]string) {
	m.t.Helper()
	at := fmt.Sprintf("proc/%d/", pid)
	m.write(at+"stat", stat(pid, parent, name, 1, 0))
	m.write(at+"status", "Name:\t"+name+"\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n")
	m.write(at+"uid_map", "         0          0 4294967295\n")
	m.write(at+"gid_map", "         0          0 4294967295\n")
	m.write(at+"exe", "-> /usr/bin/"+name)
	for file, text := range files {
		m.write(at+file, text)
	}
}

func (m machine) kill(pid int) {
	if err := os.RemoveAll(filepath.Join(m.dir, "proc", fmt.Sprint(pid))); err != nil {
		m.t.Fatal(err)
	}
}

func stat(pid, parent int, name string, threads, ticks int) string {
	return fmt.Sprintf("%d (%s) S %d 1 1 0 -1 4194560 0 0 0 0 %d 0 0 0 20 0 %d 0 %d 0 0\n", pid, name, parent, ticks, threads, 1000+pid)
}

const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

// line is one line of a table of sockets.
func line(local, remote, state string, inode int) string {
	return fmt.Sprintf("   0: %s %s %s 00000000:00000000 00:00000000 00000000     0        0 %d 1 0 100 0 0 10 0\n", local, remote, state, inode)
}

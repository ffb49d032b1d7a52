package ptrace

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"batten/profiles"
)

// maxCmdline bounds what is kept of a program's arguments: they only explain.
const maxCmdline = 4096

// image is the program that a process executes. It is shared by the threads and
// the forked children that execute it, and never changed.
type image struct {
	program string
	file    string   // what is executed, links resolved; "" when it cannot be read
	args    []string // redacted
}

// readImage reads what a process executes; unread counts what could not be read.
// The path is the one that was handed to execve, as other tracers show it, "" when
// it is not known: then it is the file behind it, with links followed and the
// interpreter of a script in its place.
func readImage(pid int, path string) (img *image, unread uint64) {
	img = &image{program: path}
	v := newView(pid, devices{})
	defer v.close()
	if s, err := v.object(v.at + "/exe"); err == nil {
		img.file = s.path
	}
	if path == "" {
		if img.program = img.file; img.file == "" {
			unread++ // not dumpable, or gone
		}
	}
	line, err := readStart(fmt.Sprintf("/proc/%d/cmdline", pid), maxCmdline)
	if err != nil {
		return img, unread + 1
	}
	if len(line) == 0 {
		return img, unread
	}
	args := strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
	img.args = profiles.RedactArgs(args)
	return img, unread
}

func readStart(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}

// readComm returns the name of a thread, "" if it is gone.
func readComm(tid int) string {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", tid))
	return strings.TrimSuffix(string(b), "\n")
}

// procStatus is what /proc/PID/status says (proc(5)).
type procStatus struct {
	state       byte
	tgid, ppid  int
	tracer      int // thread that traces it, 0 for none
	uid         int // real
	noNewPrivs  bool
	seccompMode int
	effective   uint64 // effective capabilities
}

func readStatus(pid string) (procStatus, error) {
	var st procStatus
	b, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return st, err
	}
	lines := bufio.NewScanner(bytes.NewReader(b))
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ":")
		fields := strings.Fields(value)
		if len(fields) == 0 {
			continue
		}
		n, _ := strconv.Atoi(fields[0])
		switch key {
		case "State":
			st.state = fields[0][0]
		case "Tgid":
			st.tgid = n
		case "PPid":
			st.ppid = n
		case "TracerPid":
			st.tracer = n
		case "Uid":
			st.uid = n
		case "NoNewPrivs":
			st.noNewPrivs = n == 1
		case "Seccomp":
			st.seccompMode = n
		case "CapEff":
			st.effective, _ = strconv.ParseUint(fields[0], 16, 64)
		}
	}
	return st, nil
}

// statusField reads one field of /proc/PID/status, "" when there is none.
func statusField(pid int, name string) string {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return fieldOf(b, name)
}

// fieldOf finds a line "name: value".
func fieldOf(text []byte, name string) string {
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func (s procStatus) dead() bool { return s.state == 'Z' || s.state == 'X' || s.state == 0 }

// threadsOf lists the threads of a process, nil when it is gone.
func threadsOf(pid int) []int { return numbersIn(fmt.Sprintf("/proc/%d/task", pid)) }

// childrenByParent reads the process table.
func childrenByParent() map[int][]int {
	children := make(map[int][]int)
	for _, pid := range numbersIn("/proc") {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue
		}
		// pid (comm) state ppid …; comm may hold anything, so cut at its last bracket.
		fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
		if len(fields) < 2 {
			continue
		}
		if ppid, err := strconv.Atoi(fields[1]); err == nil {
			children[ppid] = append(children[ppid], pid)
		}
	}
	return children
}

func numbersIn(dir string) []int {
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer f.Close()
	names, _ := f.Readdirnames(-1)
	var out []int
	for _, name := range names {
		if n, err := strconv.Atoi(name); err == nil {
			out = append(out, n)
		}
	}
	return out
}

package ptrace

import (
	"bytes"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"batten/profiles"
)

// executeCalls have no result to wait for: when they succeed, the thread reports it.
var executeCalls = map[string]handler{
	"execve":   func(h *held) finish { return h.executes(h.find(atCWD, h.args[0], true)) },
	"execveat": func(h *held) finish { return h.executes(h.findAt(h.args[0], h.args[1], h.args[4], true)) },
}

// maxInterpreters is how many scripts may interpret one another (exec_binprm in
// fs/exec.c).
const maxInterpreters = 5

// notFormat is what execve answers when it has looked at the file.
var notFormat = []unix.Errno{unix.ENOEXEC}

func (h *held) executes(f found) finish {
	rows := chain(h.eyes, f)
	h.th.entered = rows
	return h.gives(notFormat, rows...)
}

// chain is a file that is executed and the interpreters of scripts behind it.
func chain(v *view, f found) []touch {
	rows := []touch{f.as(profiles.AccessExecute)}
	for range maxInterpreters {
		name := interpreter(v, f)
		if name == "" {
			break
		}
		s, err := v.find(unix.AT_FDCWD, name, true)
		f = found{s, err}
		if !f.exists {
			break
		}
		rows = append(rows, f.as(profiles.AccessExecute))
	}
	return rows
}

// scriptStart is how much of a file the kernel reads (BINPRM_BUF_SIZE).
const scriptStart = 256

// interpreter reads the first line of a script (fs/binfmt_script.c), "" when the file
// is none.
func interpreter(v *view, f found) string {
	if f.err != nil || v.served(f.stat.dev) || !f.stat.is(unix.S_IFREG) {
		return ""
	}
	root, err := v.rootFD()
	if err != nil {
		return ""
	}
	fd, err := openPath(root, f.path[1:], unix.O_NOFOLLOW)
	if err != nil {
		return ""
	}
	defer unix.Close(fd)
	b, err := readStart(linkOf(fd), scriptStart)
	if err != nil || !bytes.HasPrefix(b, []byte("#!")) {
		return ""
	}
	line, _, _ := bytes.Cut(b[2:], []byte("\n"))
	words := bytes.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == 0 })
	if len(words) == 0 {
		return ""
	}
	return string(words[0])
}

// nowExecutes notes what an execve that succeeded touched. by is the program that
// called it.
func (l *loop) nowExecutes(th *thread, rows []touch, by *image) {
	if !th.target.rec.seesFiles() {
		return
	}
	v := newView(th.tid, l.devices)
	defer v.close()
	old := &held{loop: l, th: &thread{tid: th.tid, target: th.target, image: by}, eyes: v}
	// The file that is executed is certain; of the names before it, those that were
	// seen. binfmt_misc has interpreters that no script names.
	exe, err := v.object(v.at + "/exe")
	last := found{exe, err}.as(profiles.AccessExecute)
	if err == nil && !slices.ContainsFunc(rows, func(t touch) bool { return t.err == nil && t.path == last.path }) {
		rows = append(slices.Clone(rows), last)
	}
	old.gives(nil, rows...)(0)
	h := &held{loop: l, th: th, eyes: v}
	for _, a := range areasOf(th.tid) {
		if a.executable {
			h.gives(nil, a.file(v).as(profiles.AccessMap))(0)
		}
	}
}

// started are the files that the starter handed to execve for a command.
func (l *loop) started(th *thread, path string) []touch {
	if path == "" {
		return nil
	}
	v := newView(th.tid, l.devices)
	defer v.close()
	s, err := v.find(unix.AT_FDCWD, path, true)
	return chain(v, found{s, err})
}

// inherited notes the files that a service's program was started with as its
// standard ones.
func (l *loop) inherited(th *thread) {
	if !th.target.rec.seesFiles() {
		return
	}
	v := newView(th.tid, l.devices)
	defer v.close()
	h := &held{loop: l, th: th, eyes: v}
	for fd := range int32(3) {
		flags, err := openFlags(v, fd)
		if err != nil || flags&unix.O_PATH != 0 {
			continue
		}
		s, err := v.openFile(fd)
		h.gives(nil, found{s, err}.as(accessOf(flags, false, false)...))(0)
	}
}

// openFlags are the flags that a file was opened with, without those that are gone
// once it is open.
func openFlags(v *view, fd int32) (uint64, error) {
	b, err := os.ReadFile(v.at + "/fdinfo/" + decimal(int64(fd)))
	if err != nil {
		return 0, err
	}
	return parseOctal(fieldOf(b, "flags"))
}

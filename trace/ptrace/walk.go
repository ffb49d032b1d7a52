package ptrace

import (
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// maxLinks is MAXSYMLINKS of the kernel.
const maxLinks = 40

// find resolves a name as the kernel would for the thread: from a folder of its own
// (unix.AT_FDCWD is its working folder), inside its root. The links of procfs are
// special: "self" must be the thread's, and most of the others lead to a file that
// no name leads to. With follow, a last link is followed too.
func (v *view) find(dirfd int32, name string, follow bool) (spot, error) {
	if name == "" {
		return spot{}, unix.ENOENT
	}
	root, err := v.rootFD()
	if err != nil {
		return spot{}, err
	}
	w := walk{view: v, root: root, at: root, rest: name, follow: follow}
	if !strings.HasPrefix(name, "/") {
		start := v.at + "/cwd"
		if dirfd != unix.AT_FDCWD {
			start = v.at + "/fd/" + strconv.Itoa(int(dirfd))
		}
		if w.at, err = openPath(unix.AT_FDCWD, start, 0); err != nil {
			return spot{}, err
		}
	}
	defer func() { w.move(root) }()
	return w.run()
}

// walk is one resolution under way.
type walk struct {
	*view
	root, at int // at is the folder that was reached; owned unless it is root
	rest     string
	follow   bool
	links    int
}

// move goes to another folder.
func (w *walk) move(fd int) {
	if w.at != w.root && w.at != fd {
		unix.Close(w.at)
	}
	w.at = fd
}

func (w *walk) run() (spot, error) {
	for {
		part, after, slash := strings.Cut(strings.TrimLeft(w.rest, "/"), "/")
		last := strings.Trim(after, "/") == ""
		w.rest = after
		switch part {
		case "":
			return w.object(linkOf(w.at))
		case ".":
			continue
		case "..":
			if err := w.up(); err != nil {
				return spot{}, err
			}
			continue
		}
		if s, ok := w.unasked(part); ok {
			return s, nil
		}
		fd, err := openPath(w.at, part, unix.O_NOFOLLOW)
		if err == unix.ENOENT && last {
			dir, err := w.object(linkOf(w.at))
			if err != nil {
				return spot{}, err
			}
			return spot{path: join(dir.path, part)}, nil
		}
		if err != nil {
			return spot{}, err
		}
		st, err := statOf(fd, "", unix.AT_EMPTY_PATH)
		if err != nil {
			unix.Close(fd)
			return spot{}, err
		}
		switch {
		case st.is(unix.S_IFLNK) && (w.follow || !last || slash):
			if done, s, err := w.link(fd, part, last); done || err != nil {
				return s, err
			}
		case last:
			unix.Close(fd)
			dir, err := w.object(linkOf(w.at))
			if err != nil {
				return spot{}, err
			}
			return spot{path: join(dir.path, part), exists: true, stat: st}, nil
		default:
			w.move(fd)
		}
	}
}

// unasked ends the walk where the folder that was reached is on a file system that
// must not be asked: the rest of the name is taken as it is written.
func (w *walk) unasked(part string) (spot, bool) {
	here, err := statOf(w.at, "", unix.AT_EMPTY_PATH)
	if err != nil || !w.served(here.dev) {
		return spot{}, false
	}
	dir, err := w.object(linkOf(w.at))
	if err != nil {
		return spot{}, false
	}
	w.outside++
	return spot{
		path: path.Join(dir.path, part, w.rest), exists: true, unasked: true,
		stat: attributes{dev: here.dev, mode: unix.S_IFREG},
	}, true
}

// up goes to the folder above, never over the root.
func (w *walk) up() error {
	here, err := statOf(w.at, "", unix.AT_EMPTY_PATH)
	if err != nil {
		return err
	}
	root, err := statOf(w.root, "", unix.AT_EMPTY_PATH)
	if err != nil || here.ino == root.ino && here.dev == root.dev {
		return err
	}
	fd, err := openPath(w.at, "..", 0)
	if err == nil {
		w.move(fd)
	}
	return err
}

// link follows the symbolic link fd, which it closes, called part in the folder that
// was reached. Done means that it was the last and s is where it led.
func (w *walk) link(fd int, part string, last bool) (done bool, s spot, err error) {
	defer unix.Close(fd)
	if w.links++; w.links > maxLinks {
		return true, spot{}, unix.ELOOP
	}
	b := make([]byte, maxPathRead+len(deletedMark))
	n, err := unix.Readlinkat(fd, "", b)
	if err != nil && err != unix.ENOENT { // "self", where batten is in no view of this procfs
		return true, spot{}, err
	}
	text := string(b[:max(n, 0)])
	if onProc(fd) {
		switch {
		case part == "self":
			text = w.ownNumber("Tgid")
		case part == "thread-self":
			text = w.ownNumber("Tgid") + "/task/" + w.ownNumber("Pid")
		case err != nil:
			return true, spot{}, err
		case strings.HasPrefix(text, "/"), strings.Contains(text, ":["):
			target, err := openPath(w.at, part, 0)
			if err != nil {
				return true, spot{}, err
			}
			if last {
				s, err := w.object(linkOf(target))
				unix.Close(target)
				return true, s, err
			}
			w.move(target)
			return false, spot{}, nil
		}
	}
	if strings.HasPrefix(text, "/") {
		w.move(w.root)
	}
	w.rest = text + "/" + w.rest
	if last && !strings.HasSuffix(w.rest, "//") {
		w.rest = strings.TrimSuffix(w.rest, "/")
	}
	return false, spot{}, nil
}

func onProc(fd int) bool {
	var fs unix.Statfs_t
	return unix.Fstatfs(fd, &fs) == nil && int64(fs.Type) == unix.PROC_SUPER_MAGIC
}

// ownNumber is the thread's or its process's number as it knows it itself.
func (v *view) ownNumber(of string) string {
	field := map[string]string{"Tgid": "NStgid", "Pid": "NSpid"}[of]
	numbers := strings.Fields(statusField(v.tid, field))
	if len(numbers) == 0 {
		return strconv.Itoa(v.tid)
	}
	return numbers[len(numbers)-1]
}

package ptrace

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// deletedMark is what the kernel appends to the name of a file that lost it
// (d_path in fs/d_path.c). A name may also truly end so.
const deletedMark = " (deleted)"

// spot is what a name led to, or where it would be made.
type spot struct {
	path   string // as the process sees it; "" for what has none: pipes, sockets, memory
	exists bool
	// unasked: nobody was asked whether it exists, what it is and where its links
	// lead. It is taken to exist.
	unasked bool
	stat    attributes // when it exists
}

func (s spot) folder() bool { return s.exists && s.stat.is(unix.S_IFDIR) }

// view is the file system as one thread sees it: its root and mount namespace. The
// thread is stopped; other threads may still move things. The caller closes it.
type view struct {
	devices devices
	tid     int
	at      string // "/proc/TID"
	root    string // of the thread, as batten sees it; see rootName
	fd      int    // of that root
	// outside counts what lay outside that root: opened before a chroot.
	outside int
}

func newView(tid int, known devices) *view {
	return &view{devices: known, tid: tid, at: "/proc/" + strconv.Itoa(tid), fd: -1}
}

// rootName reads the root when it is asked for first: most calls need none.
func (v *view) rootName() string {
	if v.root == "" {
		var err error
		if v.root, err = readLink(v.at + "/root"); err != nil {
			v.root = "/" // killed meanwhile
			v.outside++
		}
	}
	return v.root
}

func (v *view) close() {
	if v.fd >= 0 {
		unix.Close(v.fd)
	}
}

func (v *view) rootFD() (int, error) {
	if v.fd < 0 {
		fd, err := openPath(unix.AT_FDCWD, v.at+"/root", 0)
		if err != nil {
			return -1, err
		}
		v.fd = fd
	}
	return v.fd, nil
}

// openFile returns what one of the thread's open files leads to.
func (v *view) openFile(fd int32) (spot, error) {
	return v.object(v.at + "/fd/" + strconv.Itoa(int(fd)))
}

// object returns what a link of procfs leads to: the file itself, whatever its name.
func (v *view) object(link string) (spot, error) {
	s := spot{exists: true}
	var err error
	if s.stat, err = statOf(unix.AT_FDCWD, link, 0); err != nil {
		return spot{}, err
	}
	text, err := readLink(link)
	if err != nil {
		return spot{}, err
	}
	s.path = v.name(text, s.stat)
	return s, nil
}

// name turns the text of a link of procfs into the path that the thread sees.
func (v *view) name(text string, stat attributes) string {
	if !strings.HasPrefix(text, "/") {
		return "" // "pipe:[1]", "socket:[1]", "anon_inode:[eventfd]"
	}
	if cut, ok := strings.CutSuffix(text, deletedMark); ok && !v.leadsTo(text, stat) {
		for _, memory := range []string{"/memfd:", "/SYSV", "/[aio]", "/anon_hugepage"} {
			if strings.HasPrefix(cut, memory) && stat.is(unix.S_IFREG) {
				return ""
			}
		}
		if cut == "/dev/zero" && stat.is(unix.S_IFREG) {
			return "" // shared memory without a file
		}
		text = cut
	}
	return v.strip(text)
}

// leadsTo tells whether a name that batten sees leads to a file. One on a file system
// that must not be asked is taken for a name that was lost.
func (v *view) leadsTo(text string, stat attributes) bool {
	root, err := v.rootFD()
	if err != nil || v.served(stat.dev) {
		return false
	}
	name := strings.TrimPrefix(v.strip(text), "/")
	st, err := statOf(root, name, unix.AT_SYMLINK_NOFOLLOW|unix.AT_EMPTY_PATH)
	return err == nil && st.dev == stat.dev && st.ino == stat.ino
}

// strip takes off the thread's root.
func (v *view) strip(text string) string {
	root := v.rootName()
	if root == "/" {
		return text
	}
	if text == root {
		return "/"
	}
	if rest, ok := strings.CutPrefix(text, root); ok && rest[0] == '/' {
		return rest
	}
	v.outside++
	return text
}

// openPath opens a file without touching it.
func openPath(dir int, name string, flags int) (int, error) {
	for {
		fd, err := unix.Openat(dir, name, unix.O_PATH|unix.O_CLOEXEC|flags, 0)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

func readLink(name string) (string, error) {
	b := make([]byte, maxPathRead+len(deletedMark))
	n, err := unix.Readlink(name, b)
	if err != nil {
		return "", err
	}
	return string(b[:n]), nil
}

func linkOf(fd int) string { return "/proc/self/fd/" + strconv.Itoa(fd) }

func join(dir, name string) string {
	if dir == "/" {
		return "/" + name
	}
	return dir + "/" + name
}

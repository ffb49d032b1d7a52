package ebpf

import (
	"fmt"
	"os"
	"path"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// resolver finds what names mean that the kernel resolved nothing of but the folder
// that they are relative to. It looks with the eyes of a process that is still
// there, best the one that used the name, as soon as the event says so.
type resolver struct {
	mu    sync.Mutex
	found map[asked]resolved
	peers map[uint32][]viewer // processes of a unit, the last ones seen first
}

// resolved is what a name means.
type resolved struct {
	path    string
	folder  bool
	seen    bool // it was there to be looked at, so that folder is certain
	guessed bool // no process was left: links in the name were not followed
}

// viewer is a process of a unit and its mount namespace, since numbers are used again.
type viewer struct {
	pid       uint32
	namespace uint64
}

// viewers is how many processes of a unit are remembered.
const viewers = 8

func newResolver() *resolver {
	return &resolver{found: map[asked]resolved{}, peers: map[uint32][]viewer{}}
}

// name is a name as the programs keep it.
type name struct {
	folder, name string
	follow       bool
}

// whole is the name from the root on.
func (n name) whole() string {
	if strings.HasPrefix(n.name, "/") {
		return n.name // the folder is the process's root, which it may have changed
	}
	return n.folder + "/" + n.name
}

// asked is a name and whether its last part is followed.
type asked struct {
	objectsPathKey
	follow bool
}

// resolve finds what a name means and remembers it. pid is the process that used it.
func (r *resolver) resolve(key objectsPathKey, n name, pid uint32) resolved {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := asked{key, n.follow}
	if have, ok := r.found[k]; ok && !have.guessed {
		return have
	}
	out := r.look(key.Unit, n, pid)
	r.found[k] = out
	return out
}

// again resolves a name whose links were followed by what they said. What is there of it
// is looked at; nothing of the rest is a guess.
func (r *resolver) again(unit uint32, n name, pid uint32) resolved {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.look(unit, n, pid)
	out.guessed = false
	return out
}

func (r *resolver) look(unit uint32, n name, pid uint32) resolved {
	if ns, ok := mountNamespaceOf(pid); ok && r.belongs(unit, ns) {
		if out, ok := see(pid, n); ok {
			r.remember(unit, viewer{pid, ns})
			return out
		}
	}
	for _, v := range r.peers[unit] {
		if ns, ok := mountNamespaceOf(v.pid); ok && ns == v.namespace {
			if out, ok := see(v.pid, n); ok {
				return out
			}
		}
	}
	return resolved{path: path.Clean(n.folder + "/" + n.name), guessed: true}
}

// belongs tells whether a namespace is one of a unit's, as far as is known: another
// process may have got the number.
func (r *resolver) belongs(unit uint32, namespace uint64) bool {
	for _, v := range r.peers[unit] {
		if v.namespace == namespace {
			return true
		}
	}
	return len(r.peers[unit]) == 0 || unit < treeUnits
}

func (r *resolver) remember(unit uint32, v viewer) {
	list := []viewer{v}
	for _, other := range r.peers[unit] {
		if other != v && len(list) < viewers {
			list = append(list, other)
		}
	}
	r.peers[unit] = list
}

func mountNamespaceOf(pid uint32) (uint64, bool) {
	var st unix.Stat_t
	if pid == 0 || unix.Stat(fmt.Sprintf("/proc/%d/ns/mnt", pid), &st) != nil {
		return 0, false
	}
	return st.Ino, true
}

// see resolves a name inside the root of a process (openat2, Linux 5.6).
func see(pid uint32, n name) (resolved, bool) {
	root, err := unix.Open(fmt.Sprintf("/proc/%d/root", pid), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return resolved{}, false
	}
	defer unix.Close(root)
	whole := n.whole()
	trimmed := strings.TrimRight(whole, "/")
	last := path.Base(trimmed)
	if trimmed == "" || n.follow || last == "." || last == ".." {
		if out, ok := locate(root, whole); ok {
			return out, true
		}
		if n.follow {
			return seeGone(root, whole, maxLinks)
		}
		return resolved{}, false
	}
	parent, ok := locate(root, path.Dir(trimmed))
	if !ok {
		return resolved{}, false
	}
	out := resolved{path: path.Join(parent.path, last)}
	if fd, err := unix.Openat2(root, trimmed, &unix.OpenHow{Flags: unix.O_PATH | unix.O_NOFOLLOW | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT}); err == nil {
		out.folder, out.seen = isFolder(fd), true
		unix.Close(fd)
	}
	return out, true
}

// maxLinks is how many links in a row are followed: MAXSYMLINKS of linux/namei.h.
const maxLinks = 40

// seeGone resolves a name that leads to nothing any more: through the links that are
// still there to where the file was.
func seeGone(root int, whole string, links int) (resolved, bool) {
	trimmed := strings.TrimRight(whole, "/")
	parent, ok := locate(root, path.Dir(trimmed))
	if !ok || links == 0 {
		return resolved{}, false
	}
	if target, ok := linkAt(root, trimmed); ok {
		if !strings.HasPrefix(target, "/") {
			target = path.Dir(trimmed) + "/" + target
		}
		return seeGone(root, target, links-1)
	}
	// Whether what is gone was itself a link, nobody knows any more.
	return resolved{path: path.Join(parent.path, path.Base(trimmed)), guessed: true}, true
}

// linkAt reads a symbolic link.
func linkAt(root int, name string) (string, bool) {
	fd, err := unix.Openat2(root, name, &unix.OpenHow{Flags: unix.O_PATH | unix.O_NOFOLLOW | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT})
	if err != nil {
		return "", false
	}
	defer unix.Close(fd)
	buf := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(fd, "", buf)
	return string(buf[:max(n, 0)]), err == nil && n > 0
}

// locate returns the path of what a name leads to, as the kernel has it.
func locate(root int, name string) (resolved, bool) {
	fd, err := unix.Openat2(root, name, &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT})
	if err != nil {
		return resolved{}, false
	}
	defer unix.Close(fd)
	text, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
	if err != nil || !strings.HasPrefix(text, "/") {
		return resolved{}, false
	}
	var st unix.Stat_t
	if unix.Fstat(fd, &st) == nil && st.Nlink == 0 {
		text = strings.TrimSuffix(text, " (deleted)")
	}
	return resolved{path: text, folder: st.Mode&unix.S_IFMT == unix.S_IFDIR, seen: true}, true
}

func isFolder(fd int) bool {
	var st unix.Stat_t
	return unix.Fstat(fd, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR
}

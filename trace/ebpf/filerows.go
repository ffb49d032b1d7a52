package ebpf

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"batten/profiles"
)

// Kinds of rows, as in the programs.
const (
	touchName   = 1
	touchFollow = 2
	touchFolder = 4
	touchTarget = 8
)

// fileRow says which touches are one row of a recording.
type fileRow struct {
	path, target, program, entry, device string
	folder                               bool
	kind                                 profiles.FileKind
	part                                 profiles.Part
}

// sighted is a touch whose paths are known.
type sighted struct {
	objectsTouchKey
	objectsTouched
	at, target resolved
}

// addTouches adds the rows of one unit. What the kernel did not tell to be a folder,
// and was gone before anyone could look, is one when another row says so.
func (c *collector) addTouches(touches map[objectsTouchKey]objectsTouched) {
	var all []sighted
	folders := map[string]bool{}
	c.links = madeLinks{}
	for k, v := range touches {
		c.noteLink(k, v)
	}
	for k, v := range touches {
		if part, _, _ := c.place(k.Bucket); part == profiles.PartRuntime {
			continue
		}
		t, ok := c.sight(k, v)
		if !ok {
			c.lostPaths++
			continue
		}
		all = append(all, t)
		if t.at.folder {
			folders[t.at.path] = true
		}
		for up := path.Dir(t.at.path); !folders[up]; up = path.Dir(up) {
			folders[up] = true
		}
	}
	settled := func(r resolved) bool { return r.folder || !r.seen && folders[r.path] }
	// A renamed folder is one under both names, however often it was renamed.
	for again := true; again; {
		again = false
		for _, t := range all {
			if t.Access&bitRename == 0 || t.target.path == "" {
				continue
			}
			if a, b := settled(t.at), settled(t.target); a != b {
				again = again || !folders[t.at.path] || !folders[t.target.path]
				folders[t.at.path], folders[t.target.path] = true, true
			}
		}
	}
	for _, t := range all {
		// A link is no folder, whatever it leads to.
		const never = bitSymlink | bitLink | bitBind
		c.addTouch(t, t.Access&never == 0 && settled(t.at))
	}
}

// noteLink keeps what a link says that was made.
func (c *collector) noteLink(k objectsTouchKey, v objectsTouched) {
	if v.Access&bitSymlink == 0 || k.Target == 0 {
		return
	}
	says, ok := c.s.truth.names[objectsPathKey{Unit: k.Unit, Hash: k.Target}].asName(false)
	if !ok {
		return
	}
	if at, ok := c.pathOf(k.Unit, k.Path, false, v.Tgid); ok {
		c.links.add(at.path, says.name)
	}
}

// sight finds the paths of a touch.
func (c *collector) sight(k objectsTouchKey, v objectsTouched) (t sighted, ok bool) {
	t = sighted{objectsTouchKey: k, objectsTouched: v}
	if t.at, ok = c.pathOf(k.Unit, k.Path, k.Kind&touchFollow != 0, v.Tgid); !ok {
		return t, false
	}
	if v.Mode != 0 || k.Kind&touchFolder != 0 {
		t.at.seen = true
	}
	t.at.folder = t.at.folder || k.Kind&touchFolder != 0 || v.Mode&unix.S_IFMT == unix.S_IFDIR
	if k.Target != 0 && v.Access&bitSymlink == 0 {
		t.target, ok = c.pathOf(k.Unit, k.Target, k.Kind&touchTarget != 0, v.Tgid)
	}
	return t, ok
}

func (c *collector) addTouch(t sighted, folder bool) {
	part, entry, phase := c.place(t.Bucket)
	row := fileRow{path: t.at.path, folder: folder, program: c.exe(t.Unit, t.Exe), part: part, entry: entry}
	row.kind, row.device = kindOf(t.Mode, t.Device)
	if t.Access&bitBind != 0 {
		row.kind = profiles.FileSocket
	}
	if t.Access&bitLink != 0 {
		row.target = t.target.path
	}
	first := c.origin(objectsCall{First: t.objectsTouched.First, Program: t.Program, Comm: t.Comm}, t.Unit, phase)
	f := c.files[row]
	if f == nil {
		f = &profiles.File{
			Path: row.path, Target: row.target, Folder: row.folder, Kind: row.kind, Device: row.device,
			Program: row.program, Part: part, Entry: entry, First: first, Runs: 1,
		}
		c.files[row] = f
	}
	f.Access = addAccesses(f.Access, t.Access)
	f.Phases = addPhase(f.Phases, phase)
	f.First = earlier(f.First, first)
	if f.Mount == "" {
		f.Mount = mountOf(t.Magic, row.path)
	}
}

// pathOf returns the path that a hash stands for.
func (c *collector) pathOf(unit uint32, hash uint64, follow bool, pid uint32) (resolved, bool) {
	key := objectsPathKey{Unit: unit, Hash: hash}
	kept, ok := c.s.truth.names[key]
	if !ok {
		return resolved{}, false
	}
	n, ok := kept.asName(follow)
	if !ok {
		return resolved{path: kept.text, seen: true}, true
	}
	out := c.s.names.resolve(key, n, pid)
	if !out.guessed {
		return out, true
	}
	if through, ok := c.links.follow(n.whole(), n.follow); ok {
		return c.s.names.again(unit, name{"/", through, n.follow}, pid), true
	}
	c.guessed[key] = true
	return out, true
}

// exe is the path of an executing file, "" when it is not known.
func (c *collector) exe(unit uint32, hash uint64) string {
	return c.s.truth.names[objectsPathKey{Unit: unit, Hash: hash}].text
}

func addAccesses(list []profiles.Access, bits uint32) []profiles.Access {
	for i, a := range accessNames {
		if bits&(1<<i) != 0 && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

func kindOf(mode, device uint32) (profiles.FileKind, string) {
	// dev_t of the kernel: MAJOR and MINOR of linux/kdev_t.h.
	number := fmt.Sprintf("%d:%d", device>>20, device&(1<<20-1))
	switch mode & unix.S_IFMT {
	case unix.S_IFCHR:
		return profiles.FileChar, number
	case unix.S_IFBLK:
		return profiles.FileBlock, number
	case unix.S_IFIFO:
		return profiles.FileFIFO, ""
	case unix.S_IFSOCK:
		return profiles.FileSocket, ""
	}
	return "", ""
}

// mounts by the magic number of the file system (linux/magic.h, and statfs(2)).
var mounts = map[uint64]profiles.MountKind{
	unix.PROC_SUPER_MAGIC:    profiles.MountProc,
	unix.SYSFS_MAGIC:         profiles.MountSys,
	unix.CGROUP_SUPER_MAGIC:  profiles.MountSys,
	unix.CGROUP2_SUPER_MAGIC: profiles.MountSys,
	unix.DEVPTS_SUPER_MAGIC:  profiles.MountDevice,
	0x19800202:               profiles.MountDevice, // mqueue
	unix.TMPFS_MAGIC:         profiles.MountTmpfs,
}

// mountOf tells what a path lies on, where the file system alone tells it.
func mountOf(magic uint64, at string) profiles.MountKind {
	kind := mounts[magic]
	if kind == profiles.MountTmpfs && strings.HasPrefix(at, "/dev/") {
		return profiles.MountDevice // the engine's /dev, and /dev/shm
	}
	return kind
}

package ebpf

import (
	"fmt"
	"slices"

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

func (c *collector) addTouch(k objectsTouchKey, v objectsTouched) {
	part, entry, phase := c.place(k.Bucket)
	if part == profiles.PartRuntime {
		return
	}
	at, ok := c.pathOf(k.Unit, k.Path, k.Kind&touchFollow != 0, v.Tgid)
	if !ok {
		c.lostPaths++
		return
	}
	row := fileRow{path: at.path, program: c.exe(k.Unit, k.Exe), part: part, entry: entry}
	row.folder = at.folder || k.Kind&touchFolder != 0 || v.Mode&unix.S_IFMT == unix.S_IFDIR
	row.kind, row.device = kindOf(v.Mode, v.Device)
	if v.Access&bitBind != 0 {
		row.kind = profiles.FileSocket
	}
	if k.Target != 0 {
		target, ok := c.pathOf(k.Unit, k.Target, k.Kind&touchTarget != 0, v.Tgid)
		switch {
		case !ok:
			c.lostPaths++
			return
		case v.Access&bitLink != 0:
			row.target = target.path
		default:
			row.folder = row.folder || target.folder // renamed: the same thing under its new name
		}
	}
	first := c.origin(objectsCall{First: v.First, Program: v.Program, Comm: v.Comm}, k.Unit, phase)
	f := c.files[row]
	if f == nil {
		f = &profiles.File{
			Path: row.path, Target: row.target, Folder: row.folder, Kind: row.kind, Device: row.device,
			Program: row.program, Part: part, Entry: entry, First: first, Runs: 1,
		}
		c.files[row] = f
	}
	f.Access = addAccesses(f.Access, v.Access)
	f.Phases = addPhase(f.Phases, phase)
	f.First = earlier(f.First, first)
	if f.Mount == "" {
		f.Mount = mountOf(v.Magic, row.path)
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
		return resolved{path: kept.text}, true
	}
	out := c.s.names.resolve(key, n, pid)
	if out.guessed {
		c.guessed[key] = true
	}
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
func mountOf(magic uint64, path string) profiles.MountKind {
	kind := mounts[magic]
	if kind == profiles.MountTmpfs && len(path) > 5 && path[:5] == "/dev/" {
		return profiles.MountDevice // the engine's /dev, and /dev/shm
	}
	return kind
}

//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// mount is one file system to mount.
type mount struct {
	source, at, kind, options string
	flags                     uintptr
}

// early are mounted before the root disk can be.
var early = []mount{
	{"proc", "/proc", "proc", "", 0},
	{"sysfs", "/sys", "sysfs", "", 0},
	{"devtmpfs", "/dev", "devtmpfs", "mode=755", 0},
}

// The root is read only and the same for all machines; what they write is gone
// with them.
var root = []mount{
	{"/dev/vda", "/disk", "ext4", "", unix.MS_RDONLY | unix.MS_NOATIME},
	{"tmpfs", "/writes", "tmpfs", "mode=755", 0},
	{"overlay", "/new", "overlay", "lowerdir=/disk,upperdir=/writes/upper,workdir=/writes/work", 0},
}

// late are mounted in the new root, after those of early were moved there.
var late = []mount{
	{"devpts", "/dev/pts", "devpts", "gid=5,mode=620,ptmxmode=666", unix.MS_NOSUID | unix.MS_NOEXEC},
	{"tmpfs", "/dev/shm", "tmpfs", "mode=1777", unix.MS_NOSUID | unix.MS_NODEV},
	{"mqueue", "/dev/mqueue", "mqueue", "", unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC},
	{"tmpfs", "/run", "tmpfs", "mode=755", unix.MS_NOSUID | unix.MS_NODEV},
	{"tmpfs", "/tmp", "tmpfs", "mode=1777", unix.MS_NOSUID | unix.MS_NODEV},
	{"securityfs", "/sys/kernel/security", "securityfs", "", 0},
	{"debugfs", "/sys/kernel/debug", "debugfs", "", 0},
	{"tracefs", "/sys/kernel/tracing", "tracefs", "", 0},
	{"bpf", "/sys/fs/bpf", "bpf", "mode=700", 0},
	{"cgroup2", "/sys/fs/cgroup", "cgroup2", "", unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC},
}

// links are what a device manager adds to the kernel's own folder of devices.
var links = map[string]string{
	"/dev/fd": "/proc/self/fd", "/dev/stdin": "/proc/self/fd/0", "/dev/stdout": "/proc/self/fd/1", "/dev/stderr": "/proc/self/fd/2",
}

// prepare turns a kernel that has just started into a machine with a root file
// system, a hierarchy of control groups and a loopback interface.
func prepare() error {
	if err := mountAll(early); err != nil {
		return err
	}
	if err := loadModules("/modules"); err != nil {
		return err
	}
	if err := mountAll(root[:2]); err != nil {
		return err
	}
	for _, dir := range []string{"/writes/upper", "/writes/work"} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return fmt.Errorf("make folder for writes: %w", err)
		}
	}
	if err := mountAll(root[2:]); err != nil {
		return err
	}
	if err := enter("/new"); err != nil {
		return err
	}
	if err := mountAll(late); err != nil {
		return err
	}
	for name, target := range links {
		if err := os.Symlink(target, name); err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("link device: %w", err)
		}
	}
	if err := delegate("/sys/fs/cgroup"); err != nil {
		return err
	}
	if err := unix.Sethostname([]byte("batten")); err != nil {
		return fmt.Errorf("set host name: %w", err)
	}
	return loopback()
}

func mountAll(mounts []mount) error {
	for _, m := range mounts {
		if err := os.MkdirAll(m.at, 0o755); err != nil {
			return fmt.Errorf("mount %s: %w", m.at, err)
		}
		if err := unix.Mount(m.source, m.at, m.kind, m.flags, m.options); err != nil {
			return fmt.Errorf("mount %s of type %s: %w", m.at, m.kind, err)
		}
	}
	return nil
}

// enter makes a mounted folder the root, for all processes to come.
func enter(dir string) error {
	for _, m := range early {
		if err := unix.Mount(m.at, dir+m.at, "", unix.MS_MOVE, ""); err != nil {
			return fmt.Errorf("move %s: %w", m.at, err)
		}
	}
	if err := unix.Chdir(dir); err != nil {
		return fmt.Errorf("enter %s: %w", dir, err)
	}
	if err := unix.Mount(".", "/", "", unix.MS_MOVE, ""); err != nil {
		return fmt.Errorf("move %s to the root: %w", dir, err)
	}
	if err := unix.Chroot("."); err != nil {
		return fmt.Errorf("change root: %w", err)
	}
	return unix.Chdir("/")
}

// loadModules loads every module of a folder, in the order of their names.
func loadModules(dir string) error {
	names, err := filepath.Glob(dir + "/*.ko")
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		if err := loadModule(name); err != nil {
			return fmt.Errorf("load module %s: %w", filepath.Base(name), err)
		}
	}
	return nil
}

func loadModule(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.FinitModule(int(f.Fd()), "", 0)
}

// delegate lets the groups below the root use every controller, as a service
// manager does.
func delegate(dir string) error {
	all, err := os.ReadFile(dir + "/cgroup.controllers")
	if err != nil {
		return fmt.Errorf("read controllers: %w", err)
	}
	for name := range strings.FieldsSeq(string(all)) {
		if err := os.WriteFile(dir+"/cgroup.subtree_control", []byte("+"+name), 0); err != nil {
			return fmt.Errorf("delegate controller %s: %w", name, err)
		}
	}
	return nil
}

// loopback turns the loopback interface on.
func loopback() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("turn loopback on: %w", err)
	}
	defer unix.Close(socket)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request); err != nil {
		return fmt.Errorf("turn loopback on: %w", err)
	}
	return nil
}

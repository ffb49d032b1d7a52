package confined

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// container is one that runc starts from the services' root file system.
type container struct {
	id      string // 64 hexadecimal digits, as engines name them
	bundle  string
	apart   bool // network namespace of its own
	command []string
	profile string // AppArmor profile; "" for none

	cmd  *exec.Cmd
	out  bytes.Buffer
	done chan error
}

// lay makes the container's root: the disk once more, with its own place for writes.
func lay(t *testing.T, id string, command ...string) *container {
	t.Helper()
	base := t.TempDir()
	for _, dir := range []string{"disk", "w/upper", "w/work", "rootfs"} {
		if err := os.MkdirAll(filepath.Join(base, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	writes := filepath.Join(base, "w")
	mount(t, "/dev/vda", filepath.Join(base, "disk"), "ext4", syscall.MS_RDONLY, "")
	mount(t, "tmpfs", writes, "tmpfs", 0, "mode=755")
	for _, dir := range []string{"upper", "work"} {
		if err := os.Mkdir(filepath.Join(writes, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	mount(t, "overlay", filepath.Join(base, "rootfs"), "overlay", 0,
		fmt.Sprintf("lowerdir=%s/disk,upperdir=%s/upper,workdir=%s/work", base, writes, writes))
	return &container{id: strings.Repeat(id, 64/len(id)), bundle: base, command: command}
}

func mount(t *testing.T, source, at, kind string, flags uintptr, data string) {
	t.Helper()
	if err := syscall.Mount(source, at, kind, flags, data); err != nil {
		t.Fatalf("mount %s at %s: %v", source, at, err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(at, syscall.MNT_DETACH) })
}

// docker are the capabilities that the engine gives.
var docker = []string{
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID",
	"CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
}

// config is what an engine gives to the runtime: its default mounts, capabilities and
// masked paths, and the filter that recordings are made under.
func (c *container) config() ([]byte, error) {
	type object = map[string]any
	mount := func(at, kind, source string, options ...string) object {
		return object{"destination": at, "type": kind, "source": source, "options": options}
	}
	spaces := []object{{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}}
	if c.apart {
		spaces = append(spaces, object{"type": "network"})
	}
	return json.Marshal(object{
		"ociVersion": "1.0.2",
		"process": object{
			"user": object{"uid": 0, "gid": 0}, "cwd": "/", "args": c.command,
			"env":             []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/15/bin", "LANG=C.UTF-8"},
			"noNewPrivileges": true, "apparmorProfile": c.profile,
			"capabilities": object{"bounding": docker, "effective": docker, "permitted": docker},
		},
		"root": object{"path": "rootfs"}, "hostname": "service",
		"mounts": []object{
			mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
			mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
			mount("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"),
			mount("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=67108864"),
			mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
			mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),
			mount("/sys/fs/cgroup", "cgroup", "cgroup", "ro", "nosuid", "noexec", "nodev"),
			mount("/confined", "bind", os.Getenv(probes), "bind", "ro"),
		},
		"linux": object{
			"cgroupsPath": "/system.slice/docker-" + c.id + ".scope", "namespaces": spaces,
			"seccomp":       object{"defaultAction": "SCMP_ACT_ALLOW", "architectures": []string{"SCMP_ARCH_X86_64"}},
			"maskedPaths":   []string{"/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"},
			"readonlyPaths": []string{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"},
		},
	})
}

// start runs the container.
func (c *container) start(t *testing.T) {
	t.Helper()
	config, err := c.config()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.bundle, "config.json"), config, 0o600); err != nil {
		t.Fatal(err)
	}
	c.out.Reset()
	c.done = make(chan error, 1)
	c.cmd = exec.Command("runc", "run", "--bundle", c.bundle, c.id)
	c.cmd.Stdout, c.cmd.Stderr = &c.out, &c.out
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { c.done <- c.cmd.Wait() }()
}

// stop asks the service to end, as an engine does, and waits for that.
func (c *container) stop(t *testing.T, signal string) {
	t.Helper()
	if out, err := exec.Command("runc", "kill", c.id, signal).CombinedOutput(); err != nil {
		t.Errorf("stop: %v: %s", err, out)
	}
	c.wait(t)
}

// wait returns when the container has ended.
func (c *container) wait(t *testing.T) {
	t.Helper()
	select {
	case <-c.done:
	case <-time.After(time.Minute):
		t.Errorf("it does not end: %s", c.out.String())
		_ = exec.Command("runc", "delete", "--force", c.id).Run()
	}
}

// exec runs a command in the container, under its profile.
func (c *container) exec(ctx context.Context, user string, argv ...string) (int, string, error) {
	args := append([]string{"exec", "--user", user, c.id}, argv...)
	out, err := exec.CommandContext(ctx, "runc", args...).CombinedOutput()
	if failed, ok := err.(*exec.ExitError); ok {
		return failed.ExitCode(), string(out), nil
	}
	return 0, string(out), err
}

// outside runs a client on the machine itself, as another user than root.
func outside(ctx context.Context, argv []string) (int, string, error) {
	args := append([]string{"--reuid=postgres", "--regid=postgres", "--init-groups", "--"}, argv...)
	out, err := exec.CommandContext(ctx, "setpriv", args...).CombinedOutput()
	if failed, ok := err.(*exec.ExitError); ok {
		return failed.ExitCode(), string(out), nil
	}
	return 0, string(out), err
}

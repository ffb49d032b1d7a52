package launch

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// starterEnv marks the re-executed program. The command itself never sees it: its
// environment comes from the plan.
const starterEnv = "BATTEN_STARTER"

const (
	statusReady  = 'R'
	statusFailed = 'F'

	releaseFD = 3
	statusFD  = 4

	maxPlan = 16 << 20
)

// Hook turns this process into a starter when it was executed as one, and then
// never returns. Call it first thing in main and in TestMain.
func Hook() {
	if os.Getenv(starterEnv) == "" {
		return
	}
	runtime.LockOSThread()
	in, out := os.NewFile(releaseFD, "release"), os.NewFile(statusFD, "status")
	fail := func(format string, args ...any) {
		fmt.Fprintf(out, "%c"+format, append([]any{statusFailed}, args...)...)
		os.Exit(127)
	}
	unix.CloseOnExec(releaseFD)
	unix.CloseOnExec(statusFD)
	p, err := readPlan(in)
	if err != nil {
		fail("read plan: %v", err)
	}
	img, err := newImage(p)
	if err != nil {
		fail("prepare command: %v", err)
	}
	if p.Dir != "" {
		if err := os.Chdir(p.Dir); err != nil {
			fail("%v", err)
		}
	}
	restoreFileLimit()
	out.Write([]byte{statusReady})
	var b [1]byte
	if n, err := unix.Read(releaseFD, b[:]); n != 1 || err != nil {
		os.Exit(127) // batten went away or gave up
	}
	if err := setCredential(p.Credential); err != nil {
		fail("change user: %v", err)
	}
	if p.NoNewPrivileges {
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			fail("set no_new_privs: %v", err)
		}
	}
	errno, where := img.exec(p.Filter, p.FilterFlags)
	fail("%s %s: %v", where, p.Path, errno)
}

func readPlan(in io.Reader) (*plan, error) {
	var n uint32
	if err := binary.Read(in, binary.LittleEndian, &n); err != nil {
		return nil, err
	}
	if n > maxPlan {
		return nil, fmt.Errorf("%d bytes are too many", n)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(in, body); err != nil {
		return nil, err
	}
	p := new(plan)
	return p, json.Unmarshal(body, p)
}

// restoreFileLimit undoes what Go's start-up did to RLIMIT_NOFILE. The original
// value is known only to package syscall, which restores it before an execve;
// one that must fail does just that.
func restoreFileLimit() {
	_ = syscall.Exec("/dev/null/none", nil, nil)
}

func setCredential(c *syscall.Credential) error {
	if c == nil {
		return nil
	}
	// Raw calls: only this thread survives execve.
	groups := make([]int, len(c.Groups))
	for i, g := range c.Groups {
		groups[i] = int(g)
	}
	if !c.NoSetGroups {
		if err := rawSetgroups(groups); err != nil {
			return fmt.Errorf("setgroups: %w", err)
		}
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETRESGID, uintptr(c.Gid), uintptr(c.Gid), uintptr(c.Gid)); e != 0 {
		return fmt.Errorf("setgid: %w", e)
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETRESUID, uintptr(c.Uid), uintptr(c.Uid), uintptr(c.Uid)); e != 0 {
		return fmt.Errorf("setuid: %w", e)
	}
	return nil
}

func rawSetgroups(groups []int) error {
	ids := make([]uint32, len(groups)+1)
	for i, g := range groups {
		ids[i] = uint32(g)
	}
	_, _, e := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(groups)), uintptr(unsafe.Pointer(&ids[0])), 0)
	if e != 0 {
		return e
	}
	return nil
}

// image holds what execve needs, allocated before the filter is loaded.
type image struct {
	path      *byte
	argv, env []*byte
}

func newImage(p *plan) (*image, error) {
	var i image
	var err error
	if i.path, err = unix.BytePtrFromString(p.Path); err != nil {
		return nil, err
	}
	if i.argv, err = syscall.SlicePtrFromStrings(p.Args); err != nil {
		return nil, err
	}
	if i.env, err = syscall.SlicePtrFromStrings(p.Env); err != nil {
		return nil, err
	}
	return &i, nil
}

// exec loads the filter and executes the command. Nothing but these two calls is
// made in between, so that the filter judges only the execve.
//
//go:nosplit
func (i *image) exec(filter []syscall.SockFilter, flags uint) (syscall.Errno, string) {
	if len(filter) > 0 {
		prog := unix.SockFprog{Len: uint16(len(filter)), Filter: (*unix.SockFilter)(unsafe.Pointer(&filter[0]))}
		_, _, e := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, uintptr(flags), uintptr(unsafe.Pointer(&prog)))
		if e != 0 {
			return e, "load seccomp filter for"
		}
	}
	_, _, e := unix.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(i.path)),
		uintptr(unsafe.Pointer(&i.argv[0])), uintptr(unsafe.Pointer(&i.env[0])))
	return e, "execute"
}

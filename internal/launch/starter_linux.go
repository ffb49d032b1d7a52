package launch

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
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
	// As container runtimes do it: with no_new_privs anybody may load a filter, so
	// the user is changed first; without, loading needs the privilege that changing
	// the user gives up, and the filter then judges that change too.
	late := img.user
	if p.NoNewPrivileges {
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			fail("set no_new_privs: %v", err)
		}
		if errno, where := img.user.change(); errno != 0 {
			fail("%s: %v", where, errno)
		}
		late = nil
	}
	defaultFault()
	errno, where := img.exec(p.Filter, p.FilterFlags, late)
	img.say(statusFailed, where, " ", p.Path, ": ", errno.Error())
	unix.RawSyscall(unix.SYS_EXIT_GROUP, 127, 0, 0)
	die()
}

// defaultFault takes the memory fault back from Go's runtime, for die.
func defaultFault() {
	var action [4]uint64 // struct kernel_sigaction: SIG_DFL, no flags, no mask
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(unix.SIGSEGV), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
}

// die ends a process whose filter refuses even exit_group. A fault needs no call.
//
//go:nosplit
func die() {
	var nowhere *byte
	for {
		*nowhere = 0
	}
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
	return p, gob.NewDecoder(bytes.NewReader(body)).Decode(p)
}

// restoreFileLimit undoes what Go's start-up did to RLIMIT_NOFILE. The original
// value is known only to package syscall, which restores it before an execve;
// one that must fail does just that.
func restoreFileLimit() {
	_ = syscall.Exec("/dev/null/none", nil, nil)
}

// user is a change of user and groups by raw calls: only this thread survives
// execve, so only it has to change.
type user struct {
	groups      []uint32 // one more than there are, so that there is an address
	uid, gid    uintptr
	noSetGroups bool
}

func newUser(c *syscall.Credential) *user {
	if c == nil {
		return nil
	}
	return &user{groups: append(append([]uint32(nil), c.Groups...), 0), uid: uintptr(c.Uid), gid: uintptr(c.Gid), noSetGroups: c.NoSetGroups}
}

//go:nosplit
func (u *user) change() (syscall.Errno, string) {
	if u == nil {
		return 0, ""
	}
	if !u.noSetGroups {
		_, _, e := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(u.groups)-1), uintptr(unsafe.Pointer(&u.groups[0])), 0)
		if e != 0 {
			return e, "set groups for"
		}
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETRESGID, u.gid, u.gid, u.gid); e != 0 {
		return e, "set group for"
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETRESUID, u.uid, u.uid, u.uid); e != 0 {
		return e, "set user for"
	}
	return 0, ""
}

// image holds what execve needs, allocated before the filter is loaded.
type image struct {
	path      *byte
	argv, env []*byte
	user      *user
}

func newImage(p *plan) (*image, error) {
	i := image{user: newUser(p.Credential)}
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

// say writes to the status pipe, as far as the filter lets it.
func (i *image) say(parts ...any) {
	line := fmt.Appendf(nil, "%c", parts[0])
	for _, p := range parts[1:] {
		line = fmt.Append(line, p)
	}
	unix.RawSyscall(unix.SYS_WRITE, statusFD, uintptr(unsafe.Pointer(&line[0])), uintptr(len(line)))
}

// exec loads the filter, changes the user if that is still to be done, and
// executes the command. Nothing else is called in between, so that the filter
// judges nothing else.
//
//go:nosplit
func (i *image) exec(filter []syscall.SockFilter, flags uint, late *user) (syscall.Errno, string) {
	if len(filter) > 0 {
		prog := unix.SockFprog{Len: uint16(len(filter)), Filter: (*unix.SockFilter)(unsafe.Pointer(&filter[0]))}
		_, _, e := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, uintptr(flags), uintptr(unsafe.Pointer(&prog)))
		if e != 0 {
			return e, "load seccomp filter for"
		}
	}
	if e, where := late.change(); e != 0 {
		return e, where
	}
	_, _, e := unix.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(i.path)),
		uintptr(unsafe.Pointer(&i.argv[0])), uintptr(unsafe.Pointer(&i.env[0])))
	return e, "execute"
}

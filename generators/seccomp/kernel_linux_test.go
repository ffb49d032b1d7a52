package seccomp

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"batten/internal/launch"
	"batten/profiles"
)

const probeEnv = "BATTEN_SECCOMP_PROBE"

func TestMain(m *testing.M) {
	launch.Hook()
	if os.Getenv(probeEnv) != "" {
		probe()
		return
	}
	os.Exit(m.Run())
}

// probes are calls whose errno the child prints. Their arguments do no harm.
var probes = []struct {
	name string
	nr   uintptr
	args [3]uintptr
}{
	{"getppid", unix.SYS_GETPPID, [3]uintptr{}},
	{"mkdirat", unix.SYS_MKDIRAT, [3]uintptr{}}, // a null path: EFAULT when it is carried out
	{"sysinfo", unix.SYS_SYSINFO, [3]uintptr{}}, // EFAULT
	{"unix socket", unix.SYS_SOCKET, [3]uintptr{1, 1, 0}},
	{"unix socket, high bits", unix.SYS_SOCKET, [3]uintptr{1 | 1<<40, 1 | unix.SOCK_CLOEXEC, 0}},
	{"inet socket", unix.SYS_SOCKET, [3]uintptr{2, 1, 0}},
	{"namespace", unix.SYS_UNSHARE, [3]uintptr{unix.CLONE_NEWUTS}},
	{"no namespace", unix.SYS_UNSHARE, [3]uintptr{}},
	{"personality query", unix.SYS_PERSONALITY, [3]uintptr{0xffffffff}},
	{"personality change", unix.SYS_PERSONALITY, [3]uintptr{0x0040000}},
}

func probe() {
	for _, p := range probes {
		_, _, e := unix.RawSyscall(p.nr, p.args[0], p.args[1], p.args[2])
		fmt.Printf("%s=%d\n", p.name, e)
	}
}

func TestKernelAnswersAsThePolicySays(t *testing.T) {
	host := profiles.NativeArch(runtime.GOARCH)
	p := &Policy{DefaultAction: ActAllow, Syscalls: []Rule{
		{Names: []string{"mkdirat", "mkdir"}, Action: ActErrno, ErrnoRet: errno(ENOSYS)},
		{Names: []string{"sysinfo"}, Action: ActErrno},
		{Names: []string{"socket"}, Action: ActErrno, ErrnoRet: errno(97), Args: []Arg{low32(0, 1)}},
		{Names: []string{"unshare"}, Action: ActErrno, Args: []Arg{{Index: 0, Op: OpMaskedEqual, Value: unix.CLONE_NEWUTS, ValueTwo: unix.CLONE_NEWUTS}}},
		{Names: []string{"personality"}, Action: ActErrno, ErrnoRet: errno(42), Args: []Arg{{Index: 0, Op: OpLess, Value: 0xffffffff}}},
	}}
	filters := map[string][]syscall.SockFilter{}
	var err error
	if filters["batten"], err = Assemble(p, host); err != nil {
		t.Fatal(err)
	}
	if HasCompiler {
		c, err := Compile(p, host)
		if err != nil {
			t.Fatal(err)
		}
		filters["libseccomp"] = c.Filter
	}
	want := map[string]syscall.Errno{"mkdirat": ENOSYS, "sysinfo": EPERM, "unix socket": 97, "unix socket, high bits": 97,
		"namespace": EPERM, "personality change": 42}
	for name, filter := range filters {
		out := runProbe(t, filter)
		for _, p := range probes {
			if line := fmt.Sprintf("%s=%d\n", p.name, want[p.name]); !strings.Contains(out, line) {
				t.Errorf("%s: no %q in\n%s", name, line, out)
			}
		}
	}
}

func runProbe(t *testing.T, filter []syscall.SockFilter) string {
	t.Helper()
	var out bytes.Buffer
	p, err := launch.Prepare(&launch.Command{
		Args: []string{"/proc/self/exe"}, Env: []string{probeEnv + "=1"}, Stdout: &out, Stderr: &out,
		NoNewPrivileges: true, Filter: filter,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Release(); err != nil {
		t.Fatal(err)
	}
	if err := p.Executed(); err != nil {
		t.Fatal(err)
	}
	if code, err := p.Wait(); err != nil || code != 0 {
		t.Fatalf("exit code %d, error %v\n%s", code, err, out.String())
	}
	return out.String()
}

func TestKernelTakesEveryAssembledFilter(t *testing.T) {
	host := profiles.NativeArch(runtime.GOARCH)
	for _, o := range []Options{{}, {Mode: Tight, NoNewPrivileges: true}} {
		f, err := Assemble(generate(t, web(), o).Policy, host)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		p, err := launch.Prepare(&launch.Command{Args: []string{"/bin/true"}, Stdout: &out, Stderr: &out, NoNewPrivileges: true, Filter: f})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Release(); err != nil {
			t.Fatal(err)
		}
		if err := p.Executed(); err != nil { // execve is allowed, so the filter was loaded
			t.Fatal(err)
		}
		if _, err := p.Wait(); err != nil {
			t.Fatal(err)
		}
	}
}

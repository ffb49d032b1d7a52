package profiles

import (
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFamilies(t *testing.T) {
	for name, want := range map[string][]string{
		"open":         {"open", "openat"},
		"rmdir":        {"rmdir", "unlinkat"},
		"unlinkat":     {"rmdir", "unlink", "unlinkat"},
		"epoll_wait":   {"epoll_pwait", "epoll_pwait2", "epoll_wait"},
		"exit_group":   {"exit", "exit_group"},
		"mount":        {"mount"},
		"clone3":       {"clone3"},
		"no_such_call": {"no_such_call"},
	} {
		if d := cmp.Diff(want, Family(name)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if f := Family("newfstatat"); !slices.Contains(f, "stat") || !slices.Contains(f, "statx") {
		t.Errorf("newfstatat: %v", f)
	}
}

func TestFamiliesGiveNoSecurityRelevantCallAway(t *testing.T) {
	for _, a := range archTable {
		for _, name := range SyscallNames(a.arch) {
			if _, ok := Security(name); ok {
				continue
			}
			for _, m := range Family(name) {
				if reason, ok := Security(m); ok {
					t.Errorf("the family of %s has %s: %s", name, m, reason)
				}
				if !KnownSyscall(m) {
					t.Errorf("the family of %s has %s, which exists nowhere", name, m)
				}
				if !slices.Contains(Family(m), name) {
					t.Errorf("%s is in the family of %s, not the reverse", m, name)
				}
			}
		}
	}
	for _, f := range families {
		for _, m := range f {
			if !KnownSyscall(m) {
				t.Errorf("%s exists nowhere", m)
			}
		}
	}
}

func TestEveryRefusalHasOneErrno(t *testing.T) {
	for _, name := range FallbackCalls() {
		if _, ok := Security(name); ok {
			t.Errorf("%s is both a fall-back and security-relevant", name)
		}
		if !KnownSyscall(name) {
			t.Errorf("%s exists nowhere", name)
		}
		if !IsFallback(name) {
			t.Errorf("%s is listed and denied", name)
		}
	}
	if !sort.StringsAreSorted(FallbackCalls()) || IsFallback("set_robust_list") || IsFallback("mount") {
		t.Error("wrong fall-backs")
	}
}

func TestSecurityCallsHaveAReason(t *testing.T) {
	list := SecurityCalls()
	if len(list) < 60 || !slices.IsSortedFunc(list, func(a, b SecurityCall) int { return strings.Compare(a.Name, b.Name) }) {
		t.Errorf("%d calls, or not sorted", len(list))
	}
	for _, c := range list {
		if reason, ok := Security(c.Name); !ok || reason != c.Reason || reason == "" || !KnownSyscall(c.Name) {
			t.Errorf("%s: %q", c.Name, reason)
		}
	}
	for _, name := range []string{"mount", "ptrace", "bpf", "keyctl", "add_key", "request_key", "perf_event_open", "userfaultfd",
		"io_uring_setup", "unshare", "setns", "kexec_load", "init_module", "settimeofday", "swapon", "reboot",
		"process_vm_readv", "open_by_handle_at", "pivot_root", "personality"} {
		if _, ok := Security(name); !ok {
			t.Errorf("%s is not listed", name)
		}
	}
	if _, ok := Security("read"); ok {
		t.Error("read is listed")
	}
}

func TestCapabilityNamesAndNumbers(t *testing.T) {
	names := CapabilityNames()
	if len(names) != 41 || names[0] != "CAP_CHOWN" || names[21] != "CAP_SYS_ADMIN" || names[40] != "CAP_CHECKPOINT_RESTORE" {
		t.Errorf("names: %v", names)
	}
	for n, name := range names {
		for _, form := range []string{name, strings.TrimPrefix(name, "CAP_"), strings.ToLower(name)} {
			if got, ok := CapabilityNumber(form); !ok || got != n {
				t.Errorf("%s: got %d, want %d", form, got, n)
			}
		}
		if CapabilityName(n) != name || DescribeCapability(name) == "" || !capPattern.MatchString(name) {
			t.Errorf("%d: %s", n, name)
		}
	}
	if CapabilityName(41) != "" || CapabilityName(-1) != "" || DescribeCapability("CAP_ALL") != "" {
		t.Error("unknown capabilities have names")
	}
	if _, ok := CapabilityNumber(""); ok {
		t.Error("the empty name is a capability")
	}
}

func TestRuntimeBaseline(t *testing.T) {
	for _, tc := range []struct {
		runtime, version string
		nnp              bool
		calls            int
		has, hasNot      string
	}{
		{"", "", false, 1, "execve", "openat"},
		{"runc", "1.1.5+ds1", true, 25, "getdents64", "openat2"},
		{"runc", "1.1.5", false, 38, "fchown setuid capset faccessat2", "statx"},
		{"runc", "1.2.7", true, 25, "", "openat2"},
		{"runc", "v1.2.9", true, 28, "openat2 statx fstat", "setuid"},
		{"runc", "1.3.0", true, 25, "", "openat2"},
		{"runc", "1.3.3", true, 28, "openat2", ""},
		{"runc", "1.5.1", false, 40, "openat2 fchown", "mount"},
		{"runc", "2.0", false, 40, "openat2", ""},
		{"runc", "", false, 40, "openat2", ""},
		{"runc", "who knows", true, 28, "openat2", ""},
		{"/usr/sbin/runc", "1.1.5", true, 25, "", "openat2"},
		{"crun", "1.8.1", true, 40, "openat2 setuid", "mount"},
	} {
		n := RuntimeBaseline(tc.runtime, tc.version, tc.nnp)
		if len(n.Syscalls) != tc.calls || !sort.StringsAreSorted(n.Syscalls) {
			t.Errorf("%s %s %v: %d calls, want %d: %v", tc.runtime, tc.version, tc.nnp, len(n.Syscalls), tc.calls, n.Syscalls)
		}
		for _, name := range strings.Fields(tc.has) {
			if !slices.Contains(n.Syscalls, name) {
				t.Errorf("%s %s %v: lacks %s", tc.runtime, tc.version, tc.nnp, name)
			}
		}
		if tc.hasNot != "" && slices.Contains(n.Syscalls, tc.hasNot) {
			t.Errorf("%s %s %v: has %s", tc.runtime, tc.version, tc.nnp, tc.hasNot)
		}
		for _, name := range n.Syscalls {
			if !KnownSyscall(name) {
				t.Errorf("%s exists nowhere", name)
			}
		}
		if n.Source == "" || n.Measured || n.NoNewPrivileges != tc.nnp || n.Runtime != tc.runtime {
			t.Errorf("%s: %+v", tc.runtime, n)
		}
	}
	if n := RuntimeBaseline("crun", "", false); !strings.Contains(n.Source, "not measured") {
		t.Errorf("crun claims: %q", n.Source)
	}
}

func TestDescribeArgument(t *testing.T) {
	for _, tc := range []struct {
		syscall string
		index   int
		value   uint64
		want    string
	}{
		{"socket", 0, 2, "AF_INET"}, {"socket", 0, 1, "AF_UNIX"}, {"socket", 0, 99, "0x63"},
		{"socket", 1, 1, "SOCK_STREAM"}, {"socket", 1, 0o2004002, "SOCK_DGRAM|SOCK_NONBLOCK|SOCK_CLOEXEC"},
		{"prctl", 0, 15, "PR_SET_NAME"}, {"prctl", 0, 0x41555856, "PR_GET_AUXV"},
		{"ioctl", 1, 0x5401, "TCGETS"}, {"ioctl", 1, 0x541b, "FIONREAD"}, {"ioctl", 1, 0xdead, "0xdead"},
		{"clone", 0, 0x10000000, "CLONE_NEWUSER"}, {"clone", 0, 0x1200011, "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD"},
		{"clone", 0, 17, "SIGCHLD"}, {"clone", 0, 0, "0"}, {"clone", 0, 10, "signal 10"},
		{"unshare", 0, 0x10020000, "CLONE_NEWNS|CLONE_NEWUSER"}, {"unshare", 0, 0x80, "CLONE_NEWTIME"}, {"setns", 1, 0, "0"},
		{"personality", 0, 0, "PER_LINUX"}, {"personality", 0, 0x40000, "PER_LINUX|ADDR_NO_RANDOMIZE"},
		{"personality", 0, 8, "PER_LINUX32"}, {"personality", 0, 0xffffffff, "0xffffffff (read only)"},
		{"keyctl", 0, 0, "KEYCTL_GET_KEYRING_ID"}, {"ptrace", 0, 16, "PTRACE_ATTACH"}, {"bpf", 0, 5, "BPF_PROG_LOAD"},
		{"seccomp", 0, 1, "SECCOMP_SET_MODE_FILTER"}, {"read", 2, 4096, "0x1000"},
	} {
		got := DescribeArgument(tc.syscall, tc.index, tc.value)
		if tc.want == "PER_LINUX|ADDR_NO_RANDOMIZE" {
			tc.want = "ADDR_NO_RANDOMIZE"
		}
		if got != tc.want {
			t.Errorf("%s %d 0x%x: got %q, want %q", tc.syscall, tc.index, tc.value, got, tc.want)
		}
	}
	if got := DescribeArguments("socket", []uint64{2, 1, 6}); got != "AF_INET, SOCK_STREAM, IPPROTO_TCP" {
		t.Errorf("got %q", got)
	}
	if got := DescribeArguments("socket", []uint64{16, 3, 6}); got != "AF_NETLINK, SOCK_RAW, NETLINK_XFRM" {
		t.Errorf("got %q", got)
	}
	if got := DescribeArguments("socket", nil); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestArgumentValueReadsWhatDescribeArgumentWrites(t *testing.T) {
	for _, s := range ArgumentSpecs() {
		for _, i := range s.Index {
			syntax, _ := syntaxOf(s.Syscall, i)
			for _, table := range append(syntax.flags, syntax.exact) {
				for _, a := range table {
					text := DescribeArgument(s.Syscall, i, a.value)
					if got, ok := ArgumentValue(s.Syscall, i, text); !ok || got != a.value {
						t.Errorf("%s %d: %s (0x%x) is written %q and read 0x%x", s.Syscall, i, a.name, a.value, text, got)
					}
				}
			}
		}
	}
	for text, want := range map[string]uint64{"AF_INET": 2, "10": 10, "0x10": 16, "010": 8} {
		if got, ok := ArgumentValue("socket", 0, text); !ok || got != want {
			t.Errorf("%s: got %d", text, got)
		}
	}
	for _, text := range []string{"", "AF_NOWHERE", "AF_INET|", "-1", strings.Repeat("1|", 2000)} {
		if got, ok := ArgumentValue("socket", 0, text); ok {
			t.Errorf("%q: got %d", text, got)
		}
	}
}

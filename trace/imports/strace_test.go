package imports

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"batten/profiles"
)

func open(t testing.TB, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func parse(t testing.TB, text string) profiles.Recording {
	t.Helper()
	r, err := Strace(strings.NewReader(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// calls lists the calls of a recording with their arguments, one a line.
func calls(r profiles.Recording) []string {
	var out []string
	for _, s := range r.Syscalls {
		line := fmt.Sprintf("%s %s %s", s.Part, s.Arch, s.Name)
		if s.Args != nil {
			for _, v := range s.Args.Values {
				line += fmt.Sprintf(" (%s)", profiles.DescribeArguments(s.Name, v))
			}
			if !s.Args.Complete {
				line += " incomplete"
			}
		}
		out = append(out, line)
	}
	return out
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("BATTEN_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (BATTEN_UPDATE=1 rewrites it):\n%s", file, d)
	}
}

func TestEveryWayOfLoggingGivesTheSameCalls(t *testing.T) {
	for _, name := range []string{"follow", "time", "step", "unix", "verbose", "numbers", "comm", "separate"} {
		t.Run(name, func(t *testing.T) {
			r, err := Strace(open(t, name+".log"), Options{})
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "calls.txt", strings.Join(calls(r), "\n")+"\n")
			if !r.Run.StartupSeen || r.Run.Backend != "import/strace" || r.Service.Name != "sample" || r.Service.Kind != profiles.KindCommand {
				t.Errorf("run %+v of %+v", r.Run, r.Service)
			}
			if !r.Loss.Complete() {
				t.Errorf("loss %+v", r.Loss)
			}
			var programs []string
			for _, p := range r.Programs {
				programs = append(programs, p.Path)
			}
			if d := cmp.Diff([]string{"./sample", "/bin/true"}, programs); d != "" {
				t.Error(d)
			}
			if err := r.Encode(&bytes.Buffer{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// Without -o the log has the lines in which strace tells the mode.
func TestALogMixedWithOutputHasTheSecondArchitectureToo(t *testing.T) {
	r, err := Strace(open(t, "mixed.log"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "calls-mixed.txt", strings.Join(calls(r), "\n")+"\n")
	if !r.Loss.SecondArch || !r.Loss.Complete() || !r.Run.StartupSeen {
		t.Errorf("loss %+v of %+v", r.Loss, r.Run)
	}
}

func TestASummaryHasTheSameCallsWithoutArguments(t *testing.T) {
	names := func(r profiles.Recording) []string {
		var out []string
		for _, s := range r.Syscalls {
			out = append(out, string(s.Arch)+" "+s.Name)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	log, err := Strace(open(t, "mixed.log"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	table, err := Strace(open(t, "summary.log"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	// A table has no calls without a name.
	want := slices.DeleteFunc(names(log), func(s string) bool { return strings.HasSuffix(s, "syscall_1000") })
	got := slices.DeleteFunc(names(table), func(s string) bool { return strings.HasSuffix(s, "syscall_1000") })
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if table.Run.StartupSeen || len(table.Programs) != 0 {
		t.Errorf("a table claims to know more: %+v", table.Run)
	}
}

func TestAFilteredLogIsPartial(t *testing.T) {
	r, err := Strace(open(t, "part.log"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Loss.Partial || r.Profile().Ready() {
		t.Errorf("loss %+v", r.Loss)
	}
}

func TestSightingsNameTheProgramAndTheTime(t *testing.T) {
	r := parse(t, strings.Join([]string{
		`100 10:00:00.000000 execve("/srv/app", ["app", "--token", "s3cret"], 0x7 /* 3 vars */) = 0`,
		`100 10:00:00.250000 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD <unfinished ...>`,
		`101 10:00:00.300000 getppid( <unfinished ...>`,
		`100 10:00:00.310000 <... clone resumed>, child_tidptr=0x1) = 101`,
		`101 10:00:00.320000 <... getppid resumed>) = 100`,
		`101 10:00:01.000000 execve("/bin/a\tb", ["x"], 0x7) = 0`,
		`101 10:00:01.500000 getcwd("/", 10) = 2`,
		`101 10:00:30.000000 exit_group(0) = ?`,
	}, "\n"))
	got := map[string]profiles.Origin{}
	for _, s := range r.Syscalls {
		if s.First != nil {
			got[string(s.Part)+" "+s.Name] = *s.First
		}
	}
	app := []string{"app", "--token", profiles.Redacted}
	want := map[string]profiles.Origin{
		"runtime execve":         {},
		"application clone":      {Program: "/srv/app", Args: app, Offset: 250},
		"application getppid":    {Program: "/srv/app", Args: app, Offset: 300},
		"application execve":     {Program: "/srv/app", Args: app, Offset: 1000},
		"application getcwd":     {Program: "/bin/a\tb", Args: []string{"x"}, Offset: 1500},
		"application exit_group": {Program: "/bin/a\tb", Args: []string{"x"}, Offset: 30000},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if r.Run.Seconds != 30 || r.Run.QuietFor != 0 {
		t.Errorf("%d seconds, quiet for %d", r.Run.Seconds, r.Run.QuietFor)
	}
	if d := cmp.Diff(app, r.Service.Command); d != "" {
		t.Error(d)
	}
}

func TestArguments(t *testing.T) {
	for _, tc := range []struct{ line, want string }{
		{`socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 3`, "socket (AF_INET, SOCK_STREAM, IPPROTO_TCP)"},
		{`socket(PF_LOCAL, SOCK_DGRAM, 0) = 3`, "socket (AF_UNIX, SOCK_DGRAM, 0)"},
		{`socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ARP)) = 3`, "socket (AF_PACKET, SOCK_RAW, 1544)"},
		{`socket(0x29 /* AF_??? */, SOCK_RAW, 0) = -1 EAFNOSUPPORT`, "socket (AF_KCM, SOCK_RAW, 0)"},
		{`socket(AF_NOWHERE, SOCK_RAW, 0) = -1`, "socket"},
		{`clone(child_stack=0x1, flags=CLONE_VM|CLONE_THREAD, parent_tid=[1]) = 2`, "clone (CLONE_VM|CLONE_THREAD)"},
		{`unshare(CLONE_NEWUSER|CLONE_NEWTIME) = 0`, "unshare (CLONE_NEWUSER|CLONE_NEWTIME)"},
		{`setns(3</proc/1/ns/a,b(c>, CLONE_NEWNET) = 0`, "setns (CLONE_NEWNET)"},
		{`setns(3<TCP:[1.2.3.4:5->1.2.3.4:6]>, 0) = 0`, "setns (0)"},
		{`ioctl(0, TCGETS or SNDCTL_TMR_TIMEBASE, {B38400 opost ...}) = 0`, "ioctl (TCGETS)"},
		{`ioctl(0, SNDCTL_TMR_TIMEBASE or TCGETS, {B38400}) = 0`, "ioctl (TCGETS)"},
		{`ioctl(3, _IOC(_IOC_READ|_IOC_WRITE, 0x12, 0x34, 0xde), 0) = -1`, "ioctl (0xc0de1234)"},
		{`ioctl(3, _IOC(_IOC_NONE, 'T', 0x1, 0), 0) = -1`, "ioctl (TCGETS)"},
		{`prctl(PR_SET_VMA, 0, "a)b, c", 2) = 0`, "prctl (PR_SET_VMA)"},
		{`personality(PER_LINUX|ADDR_NO_RANDOMIZE) = 0`, "personality (ADDR_NO_RANDOMIZE)"},
		{`keyctl(KEYCTL_READ, 1) = 0`, "keyctl (KEYCTL_READ)"},
		{`ptrace(PTRACE_TRACEME) = 0`, "ptrace (PTRACE_TRACEME)"},
		{`bpf(BPF_PROG_LOAD, {prog_type=1, insns=[{a, b}]}, 128) = 3`, "bpf (BPF_PROG_LOAD)"},
		{`seccomp(SECCOMP_SET_MODE_FILTER, 0, NULL) = 0`, "seccomp (SECCOMP_SET_MODE_FILTER)"},
		{`unshare( <unfinished ...>`, "unshare"},
	} {
		got := strings.TrimPrefix(calls(parse(t, tc.line))[0], "application x86_64 ")
		if got != tc.want {
			t.Errorf("%s\n got %q\nwant %q", tc.line, got, tc.want)
		}
	}
}

func TestOneUnreadableTupleMakesTheRowIncomplete(t *testing.T) {
	r := parse(t, "prctl(PR_SET_NAME, \"x\") = 0\nprctl(PR_SET_NOVELTY) = 0\n")
	if d := cmp.Diff([]string{"application x86_64 prctl (PR_SET_NAME) incomplete"}, calls(r)); d != "" {
		t.Error(d)
	}
}

func TestLogsOfRunningProcessesDoNotClaimTheStart(t *testing.T) {
	r := parse(t, "strace: Process 5 attached\nrestart_syscall(<... resuming interrupted nanosleep ...>) = 0\ngetpid() = 5\n")
	if r.Run.StartupSeen || r.Service.Name != "command" {
		t.Errorf("%+v %+v", r.Run, r.Service)
	}
	want := []string{"application x86_64 getpid", "application x86_64 nanosleep", "application x86_64 restart_syscall"}
	if d := cmp.Diff(want, calls(r)); d != "" {
		t.Error(d)
	}
}

func TestCallsThatAFilterKilledAreDenied(t *testing.T) {
	r := parse(t, strings.Join([]string{
		`7 getpid() = 7`,
		`7 mkdir("/x", 0700) = ?`,
		`7 --- SIGSYS {si_signo=SIGSYS, si_code=SYS_SECCOMP, si_call_addr=0x7f, si_syscall=__NR_mkdir, si_arch=AUDIT_ARCH_X86_64} ---`,
		`7 +++ killed by SIGSYS (core dumped) +++`,
		`8 --- SIGSYS {si_signo=SIGSYS, si_code=SYS_SECCOMP, si_call_addr=0x7f, si_syscall=__NR_rmdir, si_arch=AUDIT_ARCH_X86_64} ---`,
		`8 getpid() = 8`,
	}, "\n"))
	got := map[string]bool{}
	for _, d := range r.Denied {
		got[d.Name] = d.Killed
	}
	if d := cmp.Diff(map[string]bool{"mkdir": true, "rmdir": false}, got); d != "" {
		t.Error(d)
	}
}

func TestOtherArchitecturesAreHeeded(t *testing.T) {
	r, err := Strace(strings.NewReader("execve(\"/a\", [\"a\"], 0x1) = 0\n[ Process PID=9 runs in 32 bit mode. ]\nstat64(\"/\", {}) = 0\n"),
		Options{Run: profiles.Run{Arch: profiles.ArchAARCH64}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"application arm stat64", "runtime aarch64 execve"}
	if d := cmp.Diff(want, calls(r)); d != "" {
		t.Error(d)
	}
	if _, err := Strace(strings.NewReader("x"), Options{Run: profiles.Run{Arch: "vax"}}); !errors.Is(err, ErrFormat) {
		t.Errorf("unknown architecture: %v", err)
	}
}

func TestWhatIsNoLogIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "text": "hello\nworld (of) programs\n", "a C function": "main(int argc) = 3\nfoo(bar) = 0\n",
		"only exits": "+++ exited with 0 +++\n", "binary": "\x00\xff\x1b[2J(\n",
	} {
		if _, err := Strace(strings.NewReader(text), Options{}); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLongLinesAndManyProgramsAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(`write(1, "` + strings.Repeat("x", 3*maxLineBytes) + "\", 1) = 1\n")
	for i := range maxPrograms + 10 {
		fmt.Fprintf(&b, "execve(\"/p%d\", [], 0x1) = 0\n", i)
	}
	r := parse(t, b.String())
	if len(r.Programs) != maxPrograms || r.Loss.Events != 10 {
		t.Errorf("%d programs, %d events lost", len(r.Programs), r.Loss.Events)
	}
}

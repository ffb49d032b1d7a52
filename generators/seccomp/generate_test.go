package seccomp

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"batten/profiles"
)

func TestGeneratedPolicies(t *testing.T) {
	for _, test := range []struct {
		name string
		o    Options
	}{
		{"web-portable.json", Options{NoNewPrivileges: true}},
		{"web-tight.json", Options{Mode: Tight, NoNewPrivileges: true}},
		{"web-no-nnp.json", Options{}},
		{"web-two-arches.json", Options{NoNewPrivileges: true, ExtraArch: []profiles.Arch{profiles.ArchAARCH64}}},
	} {
		r := generate(t, web(), test.o)
		golden(t, test.name, r.JSON)
		p, err := Parse(r.JSON)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(p.Encode(), r.JSON) {
			t.Errorf("%s: reading and writing changes it", test.name)
		}
		for _, rule := range p.Syscalls {
			if rule.Comment == "" {
				t.Errorf("%s: rule for %v has no comment", test.name, rule.Names)
			}
			for _, n := range rule.Names {
				if r.Why[n].Text == "" || r.Why[n].Allowed != (rule.Action == ActAllow) {
					t.Errorf("%s: %s has reason %+v", test.name, n, r.Why[n])
				}
			}
		}
		t.Logf("%s: %+v", test.name, r.Stats)
		for _, n := range r.Notes {
			t.Logf("  %s", n)
		}
	}
}

func TestSameProfileGivesSameBytes(t *testing.T) {
	want := generate(t, web(), Options{}).JSON
	for range 20 {
		p := web()
		slices.Reverse(p.Syscalls)
		if got := generate(t, p, Options{}).JSON; !bytes.Equal(got, want) {
			t.Fatal("order of the evidence changes the policy")
		}
	}
}

func TestRuntimeCallsAreNotCopiedFromTheRecording(t *testing.T) {
	r := generate(t, web(), Options{NoNewPrivileges: true})
	for _, name := range []string{"capset", "setuid", "fsopen"} {
		if decide(t, r.Policy, name).Allows() {
			t.Errorf("%s is allowed with no-new-privileges", name)
		}
	}
	r = generate(t, web(), Options{})
	for _, name := range []string{"capset", "setuid", "fchown"} {
		if !decide(t, r.Policy, name).Allows() || r.Why[name].Source != SourceRuntime {
			t.Errorf("%s: %+v", name, r.Why[name])
		}
	}
	if decide(t, r.Policy, "fsopen").Allows() {
		t.Error("the mount calls of an exec are allowed")
	}
}

func TestArgumentsAreJudged(t *testing.T) {
	const nwUser, raw = 0x10000000, 3
	tests := []struct {
		call            string
		args            []uint64
		portable, tight bool
	}{
		{"clone", []uint64{0x3d0f00}, true, true},                // a thread
		{"clone", []uint64{17}, true, true},                      // a process
		{"clone", []uint64{0xffffffff00000000 | 17}, true, true}, // the kernel ignores the high half
		{"clone", []uint64{nwUser | 17}, false, false},
		{"clone", []uint64{0x20000 | 17}, false, false},
		{"clone", []uint64{0x2000 | 17}, true, false}, // CLONE_PTRACE
		{"socket", []uint64{1, 1, 0}, true, true},
		{"socket", []uint64{1, 0x80002, 0}, true, false},
		{"socket", []uint64{2, 0x80801, 6}, true, true}, // with SOCK_CLOEXEC and SOCK_NONBLOCK
		{"socket", []uint64{2, 1, 0}, true, false},
		{"socket", []uint64{10, 1, 6}, true, false},
		{"socket", []uint64{2, 2, 17}, false, false},
		{"socket", []uint64{2, raw, 1}, false, false},
		{"socket", []uint64{38, 5, 0}, false, false},
		{"socket", []uint64{40, 1, 0}, false, false},
		{"prctl", []uint64{15}, true, true},
		{"prctl", []uint64{22}, true, false},
		{"ioctl", []uint64{3, 0x5401}, true, true},
		{"ioctl", []uint64{3, 0xffffffff80045430}, true, true}, // as musl passes it
		{"ioctl", []uint64{3, 0x5412}, true, false},
		{"personality", []uint64{0}, true, true},
		{"personality", []uint64{0xffffffff}, true, false},
		{"personality", []uint64{0x40000}, false, false},
	}
	portable := generate(t, web(), Options{NoNewPrivileges: true}).Policy
	tight := generate(t, web(), Options{NoNewPrivileges: true, Mode: Tight}).Policy
	for _, test := range tests {
		if got := decide(t, portable, test.call, test.args...).Allows(); got != test.portable {
			t.Errorf("portable: %s%#x: %t", test.call, test.args, got)
		}
		if got := decide(t, tight, test.call, test.args...).Allows(); got != test.tight {
			t.Errorf("tight: %s%#x: %t", test.call, test.args, got)
		}
	}
}

func TestCallOfRuntimeIsNotJudgedByArguments(t *testing.T) {
	p := generate(t, web(), Options{Mode: Tight}).Policy // without no-new-privileges runc calls prctl
	if !decide(t, p, "prctl", 22).Allows() {
		t.Error("the runtime's prctl is refused")
	}
}

func TestIncompleteArgumentsAreNoFilterButTheFormerPolicyStays(t *testing.T) {
	p := web()
	for i := range p.Syscalls {
		if p.Syscalls[i].Args != nil {
			p.Syscalls[i].Args.Complete = false
		}
	}
	r := generate(t, p, Options{NoNewPrivileges: true, Mode: Tight})
	for _, test := range []struct {
		call string
		args []uint64
		want bool
	}{{"ioctl", []uint64{0, 0x5412}, true}, {"socket", []uint64{16, 3, 0}, true}, {"socket", []uint64{38, 5, 0}, false},
		{"clone", []uint64{0x10000011}, false}, {"clone", []uint64{0x2011}, true}, {"personality", []uint64{0x40000}, false}} {
		if got := decide(t, r.Policy, test.call, test.args...).Allows(); got != test.want {
			t.Errorf("%s%#x: %t", test.call, test.args, got)
		}
	}
}

func TestErrnosAreThoseThatCallersExpect(t *testing.T) {
	p := generate(t, web(), Options{NoNewPrivileges: true, Mode: Tight}).Policy
	for name, want := range map[string]Verdict{
		"clone3": {ActErrno, ENOSYS}, "faccessat2": {ActErrno, ENOSYS}, "rseq": {ActErrno, ENOSYS},
		"mount": {ActErrno, EPERM}, "bpf": {ActErrno, EPERM}, "ptrace": {ActErrno, EPERM},
		"sethostname": {ActErrno, EPERM}, "mkdir": {ActErrno, ENOSYS}, "read": {ActAllow, 0},
	} {
		if got := decide(t, p, name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestNothingBeyondTheFormerPolicyIsAllowed(t *testing.T) {
	p := web()
	see(&p, profiles.PartApplication, "", 2, "mount io_uring_setup")
	with(&p, profiles.PartApplication, 1, "socketpair", []int{0, 1, 2}, []uint64{1, 1, 0})
	for i := range p.Syscalls {
		switch p.Syscalls[i].Name {
		case "socket":
			p.Syscalls[i].Args.Values = append(p.Syscalls[i].Args.Values, []uint64{38, 5, 0}, []uint64{16, 3, 0})
		case "clone":
			p.Syscalls[i].Args.Values = append(p.Syscalls[i].Args.Values, []uint64{0x10000011})
		}
	}
	r := generate(t, p, Options{NoNewPrivileges: true})
	var beyond []string
	for _, b := range r.Beyond {
		beyond = append(beyond, b.Name+":"+b.Arguments)
		if b.Admitted {
			t.Errorf("%s was admitted", b.Name)
		}
	}
	t.Log(beyond)
	if len(r.Beyond) != 4 {
		t.Errorf("beyond: %v", beyond)
	}
	for _, c := range []struct {
		call string
		arg  uint64
		want bool
	}{{"mount", 0, false}, {"io_uring_setup", 0, false}, {"socket", 38, false}, {"socket", 16, true}, {"clone", 0x10000011, false}} {
		if got := decide(t, r.Policy, c.call, c.arg).Allows(); got != c.want {
			t.Errorf("%s(%#x): %t", c.call, c.arg, got)
		}
	}
	base, err := DockerDefault(profiles.ArchX8664, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Compare(base, r.Policy, profiles.ArchX8664)
	if err != nil || len(d.Added) > 0 {
		t.Errorf("added to docker's default: %v, error %v", d.Added, err)
	}

	r = generate(t, p, Options{NoNewPrivileges: true, AllowBeyond: []string{"mount", "clone"}})
	if !decide(t, r.Policy, "mount").Allows() || !decide(t, r.Policy, "clone", 0x10000011).Allows() || decide(t, r.Policy, "clone", 0x20011).Allows() {
		t.Error("what was admitted by name is not allowed, or more is")
	}
}

func TestOwnCeilingIsKept(t *testing.T) {
	own := &Policy{DefaultAction: ActErrno, Syscalls: []Rule{
		{Names: []string{"read", "write", "close", "execve", "exit_group", "fstatfs", "getdents64", "openat", "futex", "mmap"}, Action: ActAllow},
		{Names: []string{"socket"}, Action: ActAllow, Args: []Arg{{Index: 0, Op: OpEqual, Value: 1}}},
		{Names: []string{"mkdir"}, Action: ActAllow, Includes: &Filter{Caps: []string{"CAP_SYS_ADMIN"}}},
	}}
	p := web()
	see(&p, profiles.PartApplication, "", 2, "mkdir")
	r := generate(t, p, Options{Ceiling: own, NoNewPrivileges: true})
	flat, err := own.Flatten(profiles.ArchX8664, DockerCapabilities(), "")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Compare(flat, r.Policy, profiles.ArchX8664)
	if err != nil || len(d.Added) > 0 {
		t.Errorf("added %v, error %v", d.Added, err)
	}
	if decide(t, r.Policy, "socket", 2, 1, 6).Allows() || !decide(t, r.Policy, "socket", 1, 1, 0).Allows() {
		t.Error("socket is not bounded by the former policy")
	}
}

func TestDenyListAsCeiling(t *testing.T) {
	own := &Policy{DefaultAction: ActAllow, Syscalls: []Rule{{Names: []string{"rename", "mount"}, Action: ActErrno}}}
	p := web()
	see(&p, profiles.PartApplication, "", 2, "io_uring_setup")
	r := generate(t, p, Options{Ceiling: own, NoNewPrivileges: true})
	if decide(t, r.Policy, "rename").Allows() || !decide(t, r.Policy, "io_uring_setup").Allows() {
		t.Error("the former policy is not the ceiling")
	}
}

func TestProgramsFallBackFromClone3(t *testing.T) {
	p := web()
	p.Syscalls = slices.DeleteFunc(p.Syscalls, func(s profiles.Syscall) bool { return s.Name == "clone" })
	for _, mode := range []Mode{Portable, Tight} {
		r := generate(t, p, Options{Mode: mode, NoNewPrivileges: true})
		if v := decide(t, r.Policy, "clone3"); v != (Verdict{ActErrno, ENOSYS}) {
			t.Errorf("%s: clone3 %v", mode, v)
		}
		if !decide(t, r.Policy, "clone", 0x3d0f00).Allows() || decide(t, r.Policy, "clone", 0x10000000).Allows() || r.Why["clone"].Source != SourceClone3 {
			t.Errorf("%s: clone %+v", mode, r.Why["clone"])
		}
	}
	r := generate(t, p, Options{AllowClone3: true, NoNewPrivileges: true})
	if !decide(t, r.Policy, "clone3").Allows() {
		t.Error("clone3 was asked for and is refused")
	}
}

func TestExecutedCommandsAreLeftOutAndHealthChecksAreNot(t *testing.T) {
	r := generate(t, web(), Options{NoNewPrivileges: true, Mode: Tight})
	if r.Why["connect"].Source != SourceHealthCheck || !r.Why["connect"].Allowed {
		t.Errorf("connect: %+v", r.Why["connect"])
	}
	if r.Why["getpgrp"].Allowed || !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "executed by hand") }) {
		t.Errorf("getpgrp: %+v, notes %q", r.Why["getpgrp"], r.Notes)
	}
	r = generate(t, web(), Options{NoNewPrivileges: true, IncludeExec: true})
	if r.Why["getpgrp"].Source != SourceExec {
		t.Errorf("getpgrp: %+v", r.Why["getpgrp"])
	}
}

func TestSecondArchitectureIsServedWhenItWasSeen(t *testing.T) {
	p := web()
	p.Syscalls = append(p.Syscalls, profiles.Syscall{Name: "mmap2", Arch: profiles.ArchX86, Part: profiles.PartApplication, Runs: 1},
		profiles.Syscall{Name: "socketcall", Arch: profiles.ArchX86, Part: profiles.PartApplication, Runs: 1})
	r := generate(t, p, Options{NoNewPrivileges: true})
	if want := []string{"SCMP_ARCH_X86_64", "SCMP_ARCH_X86"}; !slices.Equal(r.Policy.Architectures, want) {
		t.Errorf("architectures %v", r.Policy.Architectures)
	}
	v, err := r.Policy.Decide(profiles.ArchX8664, profiles.ArchX86, 192, [6]uint64{})
	if err != nil || !v.Allows() {
		t.Errorf("mmap2: %v, error %v", v, err)
	}
	t.Log(r.Notes)
}

func TestWithoutEvidenceThereIsNoPolicy(t *testing.T) {
	p := web()
	p.Syscalls = slices.DeleteFunc(p.Syscalls, func(s profiles.Syscall) bool { return s.Part != profiles.PartRuntime })
	if _, err := Generate(p, Options{}); !errors.Is(err, ErrNoEvidence) {
		t.Errorf("error %v", err)
	}
	if _, err := Generate(web(), Options{Runtime: profiles.RuntimeBaseline("runc", "1.1.5", false), NoNewPrivileges: true}); !errors.Is(err, ErrInvalid) {
		t.Errorf("runtime of the other setting: error %v", err)
	}
}

func TestHostileNamesDoNotReachThePolicy(t *testing.T) {
	p := web()
	p.Syscalls = append(p.Syscalls, profiles.Syscall{Name: "evil\"], \"x", Arch: profiles.ArchX8664, Part: profiles.PartApplication, Runs: 1},
		profiles.Syscall{Name: "syscall_999", Arch: profiles.ArchX8664, Part: profiles.PartApplication, Runs: 1})
	for i := range p.Runs {
		p.Runs[i].Runtime = "runc 1.1.5\"\n\x1b[31m"
	}
	r := generate(t, p, Options{NoNewPrivileges: true})
	if bytes.Contains(r.JSON, []byte("evil")) || bytes.Contains(r.JSON, []byte("\\u001b")) || bytes.Contains(r.JSON, []byte("999")) {
		t.Errorf("%s", r.JSON)
	}
}

func TestAnotherRunThatShowsNothingNewChangesNoByte(t *testing.T) {
	p := web()
	for _, mode := range []Mode{Portable, Tight} {
		once := generate(t, p, Options{Mode: mode, NoNewPrivileges: true, IncludeExec: true})
		twice, err := profiles.Merge(p, p)
		if err != nil {
			t.Fatal(err)
		}
		again := generate(t, twice, Options{Mode: mode, NoNewPrivileges: true, IncludeExec: true})
		if !bytes.Equal(once.JSON, again.JSON) {
			t.Errorf("%s: the file changed:\n%s", mode, again.JSON)
		}
		if a, b := once.Why["read"].Text, again.Why["read"].Text; a != "seen in the application, 2 of 2 runs" || b != "seen in the application, 4 of 4 runs" {
			t.Errorf("%s: reasons %q and %q", mode, a, b)
		}
	}
}

func TestACommandsOwnNeedsSayWhereTheyComeFrom(t *testing.T) {
	p := web()
	p.Service.Kind = profiles.KindCommand
	for source, want := range map[string]string{"": "needed to start the command", "the Go runtime, at random": "the Go runtime, at random"} {
		r := generate(t, p, Options{Runtime: profiles.RuntimeNeeds{Syscalls: []string{"execve", "sched_yield"}, Source: source}})
		if got := r.Why["sched_yield"].Text; got != want {
			t.Errorf("source %q: %q", source, got)
		}
	}
}

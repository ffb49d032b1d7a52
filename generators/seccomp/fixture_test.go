package seccomp

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"batten/profiles"
)

var update = flag.Bool("update", false, "write golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got) {
		t.Errorf("%s differs; run the test with -update and look at the difference\n%s", path, got)
	}
}

// web is a small service: two runs, a health check, a shell executed by hand.
func web() profiles.Profile {
	run := profiles.Run{
		Backend: "ebpf/tp_btf", Arch: profiles.ArchX8664, Kernel: "6.1.0", Engine: "docker 20.10.24", Runtime: "runc 1.1.5",
		NoNewPrivileges: true, Seccomp: profiles.SeccompRecord, StartupSeen: true, Seconds: 30, QuietFor: 20,
	}
	p := profiles.Profile{
		Schema:  profiles.ProfileSchema,
		Service: profiles.Service{Name: "web", Project: "shop", Kind: profiles.KindContainer},
		Runs:    []profiles.Run{run, run},
	}
	p.Entries = []profiles.Entry{
		{ID: profiles.MainEntry, Kind: profiles.EntryMain, Program: "/usr/sbin/web", Runs: 2},
		{ID: "healthcheck", Kind: profiles.EntryHealthCheck, Program: "/bin/check", Runs: 2},
		{ID: "exec-1", Kind: profiles.EntryExec, Program: "/bin/sh", Runs: 1},
	}
	see(&p, profiles.PartRuntime, "", 2, "capset setuid execve fsopen fstatfs")
	see(&p, profiles.PartApplication, "", 2, "accept4 bind brk close clone3 epoll_wait execve exit_group fstat futex listen mmap newfstatat openat read rename rt_sigaction write")
	see(&p, profiles.PartApplication, "", 1, "getdents64 unlink")
	see(&p, profiles.PartExec, "healthcheck", 2, "connect execve poll recvfrom")
	see(&p, profiles.PartExec, "exec-1", 1, "getpgrp rt_sigprocmask")
	with(&p, profiles.PartApplication, 2, "clone", []int{0}, []uint64{0x3d0f00}, []uint64{0x1200011})
	with(&p, profiles.PartApplication, 2, "socket", []int{0, 1, 2}, []uint64{1, 1, 0}, []uint64{2, 1, 6})
	with(&p, profiles.PartApplication, 2, "prctl", []int{0}, []uint64{15})
	with(&p, profiles.PartApplication, 1, "ioctl", []int{1}, []uint64{0x5401}, []uint64{0x80045430})
	with(&p, profiles.PartApplication, 2, "personality", []int{0}, []uint64{0})
	p.Sort()
	return p
}

func see(p *profiles.Profile, part profiles.Part, entry string, runs int, names string) {
	phase := map[profiles.Part]profiles.Phase{profiles.PartRuntime: profiles.PhaseRuntime,
		profiles.PartApplication: profiles.PhaseSteady, profiles.PartExec: profiles.PhaseExec}[part]
	for _, n := range strings.Fields(names) {
		p.Syscalls = append(p.Syscalls, profiles.Syscall{
			Name: n, Arch: profiles.ArchX8664, Part: part, Entry: entry, Phases: []profiles.Phase{phase}, Runs: runs,
			First: &profiles.Origin{Program: "/usr/sbin/web", Comm: "web", Offset: 12, Phase: phase},
		})
	}
}

func with(p *profiles.Profile, part profiles.Part, runs int, name string, index []int, values ...[]uint64) {
	see(p, part, "", runs, name)
	p.Syscalls[len(p.Syscalls)-1].Args = &profiles.Arguments{Index: index, Values: values, Complete: true}
}

func generate(t *testing.T, p profiles.Profile, o Options) *Result {
	t.Helper()
	r, err := Generate(p, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// decide asks a policy about a call on x86-64 with the given arguments.
func decide(t *testing.T, p *Policy, name string, args ...uint64) Verdict {
	t.Helper()
	nr, ok := number(profiles.ArchX8664, name)
	if !ok {
		t.Fatalf("no call %s", name)
	}
	var all [6]uint64
	copy(all[:], args)
	v, err := p.Decide(profiles.ArchX8664, profiles.ArchX8664, nr, all)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

package ebpf

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"

	"batten/profiles"
)

// step is a way of recording one kind of evidence, beside the calls that each form
// of the programs sees.
type step struct {
	name, sees, misses, enable string
	try                        func() error // nil when it works here
}

const (
	seesFiles    = "files, programs, libraries, sockets, signals, ptrace and mounts, "
	missesBefore = "what was open before recording began"
)

// steps are the ways of each kind, best first. What is tried is what [chooseRungs]
// asks before it takes a way.
var steps = []step{
	{
		name: "files/" + string(profiles.FilesLSM), try: tryModule,
		sees:   seesFiles + "where the kernel asks its security modules, with the path that it judges",
		misses: "addresses of datagrams beyond the first of one call; " + missesBefore,
		enable: "Linux 5.7 or newer with CONFIG_BPF_LSM, started with bpf among the modules of lsm=",
	},
	{
		name: "files/" + string(profiles.FilesFentry), try: func() error {
			return tryProgram(ebpf.Tracing, ebpf.AttachTraceFExit, "security_file_open")
		},
		sees:   seesFiles + "where the kernel has asked its security modules, with the path that they judged",
		misses: "addresses of datagrams beyond the first of one call; " + missesBefore,
		enable: "a kernel with CONFIG_FUNCTION_TRACER and dynamic ftrace",
	},
	{
		name: "files/" + string(profiles.FilesCalls), try: func() error { return nil },
		sees: seesFiles + "from what system calls were given and what they left in the file table",
		misses: "io_uring, 32-bit calls (counted), the mount calls by file descriptor; names that calls other than open were given are looked " +
			"up a moment later, and where a link was removed meanwhile they are guessed (counted); " + missesBefore,
	},
	{
		name: "capabilities/" + string(CapabilitiesFexit), try: func() error {
			return tryProgram(ebpf.Tracing, ebpf.AttachTraceFExit, "cap_capable")
		},
		sees:   "checks and answers, which of them the kernel does not audit, and who asked",
		enable: "a kernel with CONFIG_FUNCTION_TRACER and dynamic ftrace",
	},
	{
		name: "capabilities/" + string(CapabilitiesTracepoint), try: tryTracepoint,
		sees:   "checks and answers, and who asked",
		misses: "which checks are not audited, but for the known ones",
		enable: "Linux 6.14 or newer",
	},
	{
		name: "capabilities/" + string(CapabilitiesKprobe), try: tryKprobe,
		sees:   "checks and answers, which of them the kernel does not audit, and who asked",
		misses: "checks in moments when another probe runs on the same processor",
		enable: "a kernel with CONFIG_KPROBES",
	},
}

// tryModule tells why programs of security modules would not run.
func tryModule() error {
	if !moduleRuns() {
		return errors.New("bpf is not among the security modules that the kernel asks")
	}
	return tryProgram(ebpf.LSM, ebpf.AttachLSMMac, "file_open")
}

func tryTracepoint() error {
	if !hasFunction("__traceiter_cap_capable") {
		return errors.New("the kernel has no trace point capability:cap_capable")
	}
	return nil
}

func tryKprobe() error {
	if !hasKprobes() {
		return errors.New("the kernel has no kprobes")
	}
	return nil
}

// tryProgram tells why the kernel does not take an empty program for a function.
func tryProgram(kind ebpf.ProgramType, at ebpf.AttachType, function string) error {
	p, err := ebpf.NewProgram(&ebpf.ProgramSpec{
		Type: kind, AttachType: at, AttachTo: function, License: "Dual BSD/GPL",
		Instructions: asm.Instructions{asm.Mov.Imm(asm.R0, 0), asm.Return()},
	})
	if err != nil {
		if errno := syscall.Errno(0); errors.As(err, &errno) {
			err = errno // what comes before is a guess about limits
		}
		return fmt.Errorf("load a program for %s: %w", function, err)
	}
	return p.Close()
}

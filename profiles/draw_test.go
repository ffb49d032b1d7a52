package profiles

import (
	"fmt"
	"io"

	"pgregory.net/rapid"
)

type ioWriter = io.Writer

// The generators draw small values from small sets, so that rows meet.

func drawRecording(t *rapid.T) Recording {
	return Recording{
		Schema: RecordingSchema,
		Service: Service{
			Name: "web", Kind: KindContainer, Project: rapid.SampledFrom([]string{"", "shop"}).Draw(t, "project"),
			Image:   rapid.SampledFrom([]string{"", "web:1", "web:2"}).Draw(t, "image"),
			Command: drawArgs(t),
		},
		Run: Run{
			Backend: rapid.SampledFrom([]string{"ebpf/tp_btf", "ptrace"}).Draw(t, "backend"), Arch: ArchX8664,
			NoNewPrivileges: rapid.Bool().Draw(t, "nnp"), StartupSeen: rapid.Bool().Draw(t, "startup"),
			Seccomp: rapid.SampledFrom([]Seccomp{SeccompRecord, SeccompDefault}).Draw(t, "seccomp"),
			Seconds: rapid.Uint64Range(0, 90).Draw(t, "seconds"), QuietFor: rapid.Uint64Range(0, 20).Draw(t, "quiet"),
			Interrupted: rapid.Bool().Draw(t, "interrupted"),
		},
		Evidence: drawEvidence(t),
	}
}

func drawEvidence(t *rapid.T) Evidence {
	e := Evidence{Loss: Loss{
		Events: rapid.Uint64().Draw(t, "events"), MapFull: rapid.Uint64Range(0, 1).Draw(t, "full"),
		IOURing: rapid.Bool().Draw(t, "uring"), SecondArch: rapid.Bool().Draw(t, "second"),
		Partial: rapid.Bool().Draw(t, "partial"),
	}}
	for i := range rapid.IntRange(0, 3).Draw(t, "execs") {
		e.Entries = append(e.Entries, Entry{
			ID: fmt.Sprintf("exec-%d", i+1), Kind: EntryExec, Runs: 1,
			Program: rapid.SampledFrom([]string{"", "/bin/sh", "/bin/true"}).Draw(t, "exec"), Args: drawArgs(t),
		})
	}
	if rapid.Bool().Draw(t, "main") {
		e.Entries = append(e.Entries, Entry{
			ID: MainEntry, Kind: EntryMain, Runs: 1, Program: rapid.SampledFrom([]string{"", "/a", "/b"}).Draw(t, "program"),
		})
	}
	e.Syscalls = rapid.SliceOfN(rapid.Custom(drawSyscall), 0, 8).Draw(t, "syscalls")
	e.Denied = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Denial {
		s := drawSyscall(t)
		return Denial{Name: s.Name, Arch: s.Arch, Part: s.Part, Entry: s.Entry, Args: s.Args, First: s.First,
			Errno: rapid.SampledFrom([]int{1, 38}).Draw(t, "errno"), Runs: 1}
	}), 0, 3).Draw(t, "denied")
	e.Capabilities = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Capability {
		part, entry := drawPart(t)
		return Capability{
			Name: rapid.SampledFrom([]string{"CAP_CHOWN", "CAP_SETUID"}).Draw(t, "cap"), Granted: rapid.Bool().Draw(t, "granted"),
			Part: part, Entry: entry, Phases: drawPhases(t), Class: rapid.SampledFrom([]Class{ClassNeed, ClassNoise}).Draw(t, "class"),
			Caller: rapid.SampledFrom([]string{"", "chown_common"}).Draw(t, "caller"), First: drawOrigin(t), Runs: 1,
		}
	}), 0, 4).Draw(t, "capabilities")
	e.Programs = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Program {
		part, entry := drawPart(t)
		return Program{Path: rapid.SampledFrom([]string{"/a", "/b\n"}).Draw(t, "path"), Part: part, Entry: entry, First: drawOrigin(t), Runs: 1}
	}), 0, 3).Draw(t, "programs")
	e.Files = rapid.SliceOfN(rapid.Custom(drawFile), 0, 4).Draw(t, "files")
	e.Sockets = rapid.SliceOfN(rapid.Custom(drawSocket), 0, 4).Draw(t, "sockets")
	e.Contacts = rapid.SliceOfN(rapid.Custom(drawContact), 0, 3).Draw(t, "contacts")
	e.Mounts = rapid.SliceOfN(rapid.Custom(drawMount), 0, 2).Draw(t, "mounts")
	e.Identities = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Identity {
		return Identity{
			UID: rapid.SampledFrom([]int{0, 33, 4294967294}).Draw(t, "uid"), GID: rapid.SampledFrom([]int{0, 33}).Draw(t, "gid"),
			Program: rapid.SampledFrom([]string{"", "/a", "/b\n"}).Draw(t, "program"), Phases: drawPhases(t), Runs: 1,
		}
	}), 0, 3).Draw(t, "identities")
	if rapid.Bool().Draw(t, "sampled") {
		amount := func(what string) uint64 { return rapid.Uint64().Draw(t, what) }
		e.Resources = &Resources{amount("memory"), amount("processes"), amount("files"), amount("cpu")}
	}
	return e
}

func drawFile(t *rapid.T) File {
	f := File{
		Path:   rapid.SampledFrom([]string{"/", "/run/a", "/tmp/\x1b[31m", "/ü b"}).Draw(t, "file"),
		Folder: rapid.Bool().Draw(t, "folder"), Mount: rapid.SampledFrom([]MountKind{"", MountRoot, MountTmpfs}).Draw(t, "mount"),
		Access: rapid.SliceOfNDistinct(rapid.SampledFrom(accesses), 1, 3, rapid.ID).Draw(t, "access"),
		First:  drawOrigin(t), Runs: 1,
	}
	if rapid.Bool().Draw(t, "traced") {
		f.Part, f.Entry = drawPart(t)
		f.Phases = drawPhases(t)
		f.Program = rapid.SampledFrom([]string{"", "/bin/a"}).Draw(t, "by")
		f.Target = rapid.SampledFrom([]string{"", "/other"}).Draw(t, "target")
		f.Kind = rapid.SampledFrom([]FileKind{"", FileChar}).Draw(t, "kind")
	}
	return f
}

func drawSocket(t *rapid.T) Socket {
	s := Socket{
		Use:      rapid.SampledFrom([]SocketUse{SocketListen, SocketConnect}).Draw(t, "use"),
		Protocol: rapid.SampledFrom([]string{"tcp", "udp", "unix"}).Draw(t, "protocol"),
		Port:     rapid.SampledFrom([]int{1, 80, 65535}).Draw(t, "port"), Runs: 1,
		Programs: drawPrograms(t),
	}
	if rapid.Bool().Draw(t, "traced") {
		s.Part, s.Entry = drawPart(t)
		s.First = drawOrigin(t)
	}
	if s.Protocol == "unix" {
		s.Port, s.Name = 0, rapid.SampledFrom([]string{"", "x\x1b"}).Draw(t, "name")
		return s
	}
	if s.Use == SocketConnect && rapid.Bool().Draw(t, "named") {
		s.Peer = rapid.SampledFrom([]string{"db", "\x1b[2J"}).Draw(t, "peer")
		return s
	}
	s.Address = rapid.SampledFrom([]string{"0.0.0.0", "10.0.0.1", "::", "fd00::1"}).Draw(t, "address")
	return s
}

func drawPrograms(t *rapid.T) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"/a", "/b", "/c\n"}), 0, 3, rapid.ID).Draw(t, "programs")
}

func drawContact(t *rapid.T) Contact {
	part, entry := drawPart(t)
	c := Contact{
		Kind: rapid.SampledFrom([]ContactKind{ContactSignal, ContactPtrace}).Draw(t, "contact"), Part: part, Entry: entry,
		Peer: rapid.SampledFrom([]string{"", "db", Outside}).Draw(t, "peer"), First: drawOrigin(t), Runs: 1,
	}
	if c.Kind == ContactSignal {
		c.Signal = rapid.SampledFrom([]string{"TERM", "EXISTS"}).Draw(t, "signal")
	}
	return c
}

func drawMount(t *rapid.T) Mount {
	part, entry := drawPart(t)
	return Mount{
		Operation: rapid.SampledFrom(mountOperations).Draw(t, "operation"), Path: "/mnt", Part: part, Entry: entry,
		Type: rapid.SampledFrom([]string{"", "tmpfs"}).Draw(t, "type"), Options: drawPrograms(t), First: drawOrigin(t), Runs: 1,
	}
}

func drawSyscall(t *rapid.T) Syscall {
	part, entry := drawPart(t)
	s := Syscall{
		Name: rapid.SampledFrom([]string{"read", "socket", "clone"}).Draw(t, "name"), Part: part, Entry: entry,
		Arch: rapid.SampledFrom([]Arch{ArchX8664, ArchX86}).Draw(t, "arch"), Phases: drawPhases(t), First: drawOrigin(t), Runs: 1,
	}
	if spec, ok := ArgumentsOf(s.Name); ok && rapid.Bool().Draw(t, "args") {
		n := rapid.IntRange(0, 40).Draw(t, "tuples")
		from := rapid.Uint64Range(0, 40).Draw(t, "from")
		s.Args = &Arguments{Index: spec.Index, Values: [][]uint64{}, Complete: rapid.Bool().Draw(t, "complete")}
		if rapid.IntRange(0, 9).Draw(t, "other index") == 0 {
			s.Args.Index = s.Args.Index[:1]
		}
		for i := range n {
			s.Args.Values = append(s.Args.Values, make([]uint64, len(s.Args.Index)))
			s.Args.Values[i][0] = from + uint64(i)
		}
	}
	return s
}

func drawPart(t *rapid.T) (Part, string) {
	part := rapid.SampledFrom([]Part{PartApplication, PartApplication, PartRuntime, PartExec}).Draw(t, "part")
	if part != PartExec {
		return part, ""
	}
	return part, rapid.SampledFrom([]string{"exec-1", "exec-2", "healthcheck"}).Draw(t, "entry")
}

func drawPhases(t *rapid.T) []Phase {
	return rapid.SliceOfN(rapid.SampledFrom([]Phase{PhaseSteady, PhaseStartup, PhaseRuntime}), 0, 3).Draw(t, "phases")
}

func drawOrigin(t *rapid.T) *Origin {
	if rapid.Bool().Draw(t, "no origin") {
		return nil
	}
	return &Origin{
		Program: rapid.SampledFrom([]string{"", "/a"}).Draw(t, "origin program"), Comm: rapid.SampledFrom([]string{"", "a"}).Draw(t, "comm"),
		Args: drawArgs(t), Offset: rapid.Uint64Range(0, 5).Draw(t, "offset"), Phase: PhaseStartup,
	}
}

func drawArgs(t *rapid.T) []string {
	return rapid.SliceOfN(rapid.SampledFrom([]string{"-x", "y", "ü", "\x00", "<&>"}), 0, 3).Draw(t, "argv")
}

package profiles

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func filesProfile(how FileTracing, files ...File) Profile {
	return Profile{Runs: []Run{{Backend: "ebpf/tp_btf", Arch: ArchX8664, Files: how}}, Evidence: Evidence{Files: files}}
}

func TestFilesAreComparedByWhoDidWhatWhereThatWasRecorded(t *testing.T) {
	row := func(path, program string, part Part, access ...Access) File {
		return File{Path: path, Program: program, Part: part, Access: access, Runs: 1, First: &Origin{Program: program, Offset: 7}}
	}
	old := filesProfile(FilesLSM, row("/etc/x", "/app", PartApplication, AccessRead), row("/etc/mtab", "/runc", PartRuntime, AccessCreate))
	new := filesProfile(FilesPtrace,
		row("/etc/x", "/app", PartApplication, AccessRead, AccessWrite), row("/etc/x", "/helper", PartApplication, AccessRead),
		row("/tmp/a\x1b[2J", "/app", PartExec, AccessCreate, AccessRemove))
	new.Contacts = []Contact{{Kind: ContactSignal, Signal: "TERM", Program: "/app", Part: PartApplication, Runs: 1}, {Kind: ContactPtrace, Peer: Outside, Part: PartApplication, Runs: 1}}
	new.Mounts = []Mount{{Operation: "mount", Type: "tmpfs", Source: "none", Path: "/x y", Options: []string{"ro", "nosuid"}, Part: PartApplication, Runs: 1}}
	new.Sockets = []Socket{{Use: SocketConnect, Protocol: "tcp", Peer: "db", Port: 5432, Part: PartApplication, Runs: 1}, {Use: SocketListen, Protocol: "tcp", Port: 1, Part: PartRuntime, Runs: 1}}
	want := `+ file /etc/x written by /app application, first at 7 ms
+ file /etc/x read by /helper application, first at 7 ms
+ file "/tmp/a\x1b[2J" created, removed by /app exec, first at 7 ms
+ socket connect tcp db:5432
+ contact ptrace to processes outside application
+ contact signal TERM to its own processes by /app application
+ mount mount tmpfs none on "/x y" with ro,nosuid application`
	if d := cmp.Diff(want, strings.Join(Compare(old, new).Lines(), "\n")); d != "" {
		t.Error(d)
	}
	if d := Compare(new, new); !d.Empty() {
		t.Errorf("with itself: %+v", d)
	}
	back := Compare(new, old)
	if len(back.Added) != 0 || len(back.Removed) != 7 {
		t.Errorf("the other way: %+v", back)
	}
}

func TestAgainstASampleOnlyChangedPathsAreCompared(t *testing.T) {
	sampled := filesProfile("", File{Path: "/run/x", Access: []Access{AccessCreate}, Mount: MountRoot, Runs: 1})
	recorded := filesProfile(FilesCalls,
		File{Path: "/run/x", Access: []Access{AccessWrite}, Program: "/app", Part: PartApplication, Runs: 1},
		File{Path: "/run/y", Access: []Access{AccessRemove}, Program: "/app", Part: PartApplication, Runs: 1},
		File{Path: "/etc/x", Access: []Access{AccessRead}, Program: "/app", Part: PartApplication, Runs: 1})
	if d := cmp.Diff([]string{"+ file /run/y"}, Compare(sampled, recorded).Lines()); d != "" {
		t.Error(d)
	}
	none := filesProfile("")
	if got := Compare(none, recorded).Lines(); len(got) != 0 {
		t.Errorf("against one that saw no files: %q", got)
	}
}

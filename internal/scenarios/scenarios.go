// Package scenarios holds small programs that each touch files, sockets and
// processes in one way, and for each the evidence that a correct tracer records:
// nothing less, and nothing more. Their sources are in testdata. A program ends with
// 0 only if everything that it did succeeded, so that it is also the workload for an
// enforced profile.
//
// What all tracers of files share:
//
//   - A path is absolute as the process's mount namespace and root show it, with links
//     resolved: where the kernel ended up. For what acts on a link itself (remove,
//     rename, lchown, a hard link of a link) it is the link's own path. A file that
//     has lost its name keeps it, without the kernel's " (deleted)"; one that never had
//     one (O_TMPFILE) is called as the kernel calls it, "#" and its inode number.
//   - An open counts as read, write, append (O_APPEND with O_WRONLY alone, then it is no
//     write), truncate (O_TRUNC of a file that was there) and create (the file was made;
//     where that cannot be told, O_CREAT counts, and O_TMPFILE always). A folder is
//     read. An open with O_PATH is not recorded, nor are stat, access, readlink, chdir
//     and times: nothing judges them.
//   - Pipes, sockets as open files, anonymous inodes and memfds are not recorded.
//   - A call that failed is recorded where a security module had been asked before:
//     opens with other errors than [NotAsked], rmdir and rename with ENOTEMPTY and
//     EBUSY, execve with ENOEXEC, connect with ECONNREFUSED and EINPROGRESS.
//   - Rename gives two rows: the old name rename, the new one replace; an exchange gives
//     both to both. A hard link is a row of the new name with the old one as target.
//   - mknod is create, with the kind; binding a Unix socket bind, with the kind.
//   - PROT_EXEC of a file, in mmap or mprotect, is map; MAP_SHARED with PROT_WRITE write.
//   - flock LOCK_EX and F_WRLCK are exclusive, LOCK_SH and F_RDLCK lock; unlocking and
//     asking are not recorded.
//   - execve gives execute to the file, and to the interpreter of a script, by the
//     program that called it; and map to the binary and to its ELF interpreter, by the
//     new program. The execute of the entry's own program may be there or not.
//   - Program is the path, links resolved, of the file that is executing; for a script
//     that is its interpreter.
//   - TCP is listened on at listen, UDP at bind to a port that was asked for, an abstract
//     Unix name at bind. A connection is a connect, or a datagram with an address.
//     Addresses are as netip prints them, IPv4 never inside IPv6.
//   - Signals are those that were sent by a call to a process that exists; "RT3" is the
//     kernel's SIGRTMIN + 3, number 35, which AppArmor calls rtmin+3.
//
// Invariant: what a scenario wants is written by hand from what its program does; it
// is never what some tracer said.
package scenarios

import (
	"path"
	"strings"

	"batten/profiles"
)

// NotAsked are the errors of open(2) that come before a security module is asked, or
// are its own answer.
const NotAsked = "ENOENT EACCES EPERM ENOTDIR ELOOP EEXIST ENAMETOOLONG EMFILE ENFILE EFAULT EINVAL EROFS EISDIR"

// Names in a scenario's rows that stand for others. None can be part of a path.
const (
	Self    = "\x00self"    // the program of the scenario
	Shell   = "\x00shell"   // what /bin/sh leads to
	Library = "\x00library" // what libm.so.6 leads to
	Number  = "\x00#"       // inside a path: decimal digits
)

// Scenario is one program and what it does.
type Scenario struct {
	Name string // of its source, and of the program
	// Static programs need nothing but themselves: they run in a container made of
	// them alone, and as the first program of a virtual machine.
	Static bool
	// Root is true when it needs user 0, with CAP_CHOWN, CAP_SETUID and CAP_SETGID.
	Root bool
	// IPv6 is true when it needs ::1.
	IPv6 bool
	// Deep is true when it touches what no path names: Loss.Paths counts it, and what
	// is missing below the work folder is no failure.
	Deep bool

	// Want is what it does to files. A path that does not begin with "/" or one of the
	// names above is below the work folder. Program is Self where it is empty. Only
	// Path, Folder, Target, Kind, Access and Program are compared.
	Want     []profiles.File
	more     func(Place) []profiles.File // what depends on where it runs
	Sockets  []profiles.Socket           // Use, Protocol, Address, Port and Name
	Contacts []profiles.Contact          // Kind, Signal, Peer
	Programs []profiles.Program          // Path and By: executed, among others

	// Misses says what a way of recording cannot see of it, and why.
	Misses map[profiles.FileTracing][]Miss
	// Unfit says why it does not run under a way of recording.
	Unfit map[profiles.FileTracing]string
}

// Miss is what a way of recording does not tell exactly.
type Miss struct {
	Path  string            // as in Want
	Lacks []profiles.Access // may be missing; the row too when nothing else is left
	Adds  []profiles.Access // may be there although it was not done
	Why   string
}

// Place is where a scenario runs, as it sees it itself.
type Place struct {
	Work    string // its work folder, empty at the start, no "/" at the end
	Program string // links resolved
	Shell   string // for scenarios that are not static
	Library string
}

// Files are the rows that a scenario wants in a place. Numbers are left as they are.
func (s Scenario) Files(p Place) []profiles.File {
	// The kernel maps every program that it executes.
	out := []profiles.File{{Path: Self, Access: list("map")}}
	out = append(out, s.Want...)
	if s.more != nil {
		out = append(out, s.more(p)...)
	}
	for i := range out {
		f := &out[i]
		if f.Program == "" {
			f.Program = Self
		}
		f.Path, f.Program = p.resolve(f.Path), p.resolve(f.Program)
		if f.Target != "" {
			f.Target = p.resolve(f.Target)
		}
	}
	return out
}

func (p Place) resolve(name string) string {
	switch name {
	case "":
		return ""
	case Self:
		return p.Program
	case Shell:
		return p.Shell
	case Library:
		return p.Library
	}
	if strings.HasPrefix(name, "/") {
		return name
	}
	return path.Clean(p.Work + "/" + name)
}

// list reads accesses from their names.
func list(words string) []profiles.Access {
	var out []profiles.Access
	for _, w := range strings.Fields(words) {
		out = append(out, profiles.Access(w))
	}
	return out
}

func file(name, accesses string) profiles.File {
	return profiles.File{Path: name, Access: list(accesses)}
}

func folder(name, accesses string) profiles.File {
	return profiles.File{Path: name, Folder: true, Access: list(accesses)}
}

func special(name string, kind profiles.FileKind, accesses string) profiles.File {
	return profiles.File{Path: name, Kind: kind, Access: list(accesses)}
}

func hardLink(name, target string) profiles.File {
	return profiles.File{Path: name, Target: target, Access: list("link")}
}

// by is a row of another program than the scenario's own.
func by(program string, f profiles.File) profiles.File {
	f.Program = program
	return f
}

func socket(use profiles.SocketUse, protocol, address string, port int) profiles.Socket {
	return profiles.Socket{Use: use, Protocol: protocol, Address: address, Port: port}
}

func signals(names string) []profiles.Contact {
	var out []profiles.Contact
	for _, n := range strings.Fields(names) {
		out = append(out, profiles.Contact{Kind: profiles.ContactSignal, Signal: n})
	}
	return out
}

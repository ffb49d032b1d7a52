package scenarios

import (
	"path"
	"strings"

	"batten/profiles"
)

// All returns every scenario.
func All() []Scenario {
	return []Scenario{
		{Name: "rename", Static: true, Want: []profiles.File{
			file("target.tmp", "create write rename"), file("target", "replace"),
			file("existing", "create write truncate"), file("fresh", "create read write"),
			file("one", "create write rename replace"), file("two", "create write rename replace"),
			folder("folder", "create rename"), folder("moved", "replace rename"),
			folder("full", "create replace"), file("full/file", "create write"),
		}},
		{Name: "dirfd", Static: true, Want: []profiles.File{
			folder("base", "create read"), folder("base/in", "create read"),
			file("base/in/made", "create write rename"), file("base/there", "replace read"),
			file("base/beside", "create write remove"), file("base/in/dots", "create write"),
			folder("base/in/gone", "create remove"), file("absolute", "create write"),
			file("base/cwd", "create write"), file("base/in/fchdir", "create write"), file("up", "create write"),
			folder("base/in/x", "create remove"),
			folder("before", "create rename"), folder("after", "replace"), file("after/late", "create write"),
		}},
		{Name: "links", Static: true, Want: []profiles.File{
			folder("real", "create"), file("real/plain", "create write read"),
			file("real/absolute", "create write read"), file("real/through", "create write read"),
			file("folder-link", "symlink"), file("relative-link", "symlink"), file("absolute-link", "symlink"),
			file("dangling", "symlink"), file("nowhere", "create write"),
			file("reopened", "create write"),
			file("first-name", "create write"), hardLink("second-name", "first-name"),
			hardLink("followed", "real/plain"), hardLink("link-of-link", "relative-link"),
			file("real/#"+Number, "create write"), hardLink("finished", "real/#"+Number),
			file("short-lived", "symlink remove"), file("real/victim", "create write remove"),
			file("/proc/"+Number+"/status", "read"),
		}},
		{Name: "map", Static: true, Want: []profiles.File{
			file("code", "create write read map"), file("later", "create write read map"),
			file("shared", "create write read"), file("private", "create write read"),
			file("only-read", "create write read"),
		}},
		{Name: "library", Want: []profiles.File{file(Library, "read map")}},
		{Name: "helpers", Want: []profiles.File{
			file(Self, "execute"), file(Shell, "execute"), by(Shell, file(Shell, "map")), by(Shell, file(Self, "execute")),
			file("script", "create write execute"), file("nested", "create write execute"),
			by(Shell, file("script", "read")), by(Shell, file("by-script-a", "create write")),
			by(Shell, file("by-script-nested", "create write")),
			file("link", "symlink"), file("by-shell", "create write"), file("by-vfork", "create write"),
			file("by-descriptor", "create write"), file("by-link", "create write"),
			file("no-format", "create write execute"), file("not-executable", "create write"),
		}, Programs: []profiles.Program{
			{Path: "/bin/sh", By: Self}, {Path: "script", By: Self}, {Path: Self, By: Shell}, {Path: Self, By: Self},
		}},
		{Name: "drop", Static: true, Root: true, Want: []profiles.File{
			folder("data", "create chown chmod"), file("data/file", "create write"),
		}},
		{Name: "attributes", Static: true, Want: []profiles.File{
			file("chmod", "create write chmod"), file("fchmod", "create write read chmod"),
			file("fchmodat", "create write chmod"), folder("folder", "create chmod"),
			file("chown", "create write chown"), file("fchown", "create write read chown"),
			file("link", "symlink chown"), file("fchownat", "create write read chown"),
			file("truncate", "create write truncate"), file("ftruncate", "create write truncate"),
			file("emptied", "create write truncate"), file("appended", "create write append"),
			file("both", "create write read"),
			file("flock-shared", "create read write lock"), file("flock-exclusive", "create read write exclusive"),
			file("record-read", "create read write lock"), file("record-write", "create read write exclusive"),
			file("ofd", "create read write exclusive"), file("unlocked", "create read write"),
			file("times", "create write"),
			special("fifo", profiles.FileFIFO, "create read write"), file("node", "create"),
			folder("gone", "create remove"), folder("full", "create remove"), file("full/file", "create write"),
			file("removed", "create write remove"), file("nameless", "create read write remove chmod"),
		}},
		{Name: "sockets", Static: true, Sockets: []profiles.Socket{
			socket("listen", "tcp", "127.0.0.1", 21811), socket("connect", "tcp", "127.0.0.1", 21811),
			socket("connect", "tcp", "127.0.0.1", 21812),
			socket("listen", "tcp", "0.0.0.0", 21813), socket("connect", "tcp", "127.0.0.1", 21813),
			socket("listen", "udp", "127.0.0.1", 21815), socket("connect", "udp", "127.0.0.1", 21815),
			socket("connect", "udp", "127.0.0.1", 21816), socket("connect", "udp", "127.0.0.1", 21817),
			socket("connect", "udp", "127.0.0.1", 21818), socket("connect", "udp", "127.0.0.1", 21819),
		}},
		{Name: "sockets6", Static: true, IPv6: true, Sockets: []profiles.Socket{
			socket("listen", "tcp", "::1", 21821), socket("connect", "tcp", "::1", 21821),
			socket("listen", "tcp", "::", 21822), socket("connect", "tcp", "127.0.0.1", 21822),
			socket("listen", "udp", "::1", 21823), socket("connect", "udp", "::1", 21823),
		}},
		{Name: "unix", Static: true, Want: []profiles.File{
			special("stream", profiles.FileSocket, "bind connect remove"), file("stream-link", "symlink"),
			special("datagram", profiles.FileSocket, "bind connect"),
		}, Sockets: []profiles.Socket{
			{Use: "listen", Protocol: "unix", Name: `batten scenario "1"`},
			{Use: "connect", Protocol: "unix", Name: `batten scenario "1"`},
		}},
		{Name: "processes", Static: true, Contacts: signals("EXISTS USR1 USR2 RT3 TERM KILL")},
		{Name: "tracing", Static: true,
			Contacts: append(signals("KILL"), profiles.Contact{Kind: profiles.ContactPtrace}),
			Unfit: map[profiles.FileTracing]string{
				profiles.FilesPtrace: "a process has one tracer only: the attach fails, though it is recorded",
			}},
		{Name: "hostile", Static: true, Want: hostile(), more: longest},
		{Name: "deep", Static: true, Deep: true},
	}
}

// hostileNames are the names of testdata/hostile.c.
var hostileNames = []string{
	"plain", " space ", `quote"double`, "quote'single", `back\slash`, "{a,b}", "[ab]*?", "new\nline", "@{HOME}",
	"comma,", "#comment", "tab\tand\x1b[31mred", "bell\a\x7f", "} profile evil {", `" rwix, /etc/shadow w, "`,
	"file (deleted)", "caf\xc3\xa9", "latin\xff\xfe", "$(id)`id`;id", "-rf", "...",
}

func hostile() []profiles.File {
	out := []profiles.File{
		file(`removed "x" (deleted)`, "create write remove"),
		folder(`" rwix, `, "create"), folder(`" rwix, /etc`, "create"),
	}
	for _, n := range hostileNames {
		out = append(out, file(n, "create write read"))
	}
	return out
}

// longest is the path of 4,095 bytes that testdata/hostile.c makes, with its folders.
func longest(p Place) []profiles.File {
	const limit = 4095
	var out []profiles.File
	for at := p.Work; len(at) < limit; {
		n := limit - len(at) - 1
		if n > 201 {
			if n-201 < 2 {
				n = 100
			} else {
				n = 200
			}
		}
		at = path.Join(at, strings.Repeat("d", n))
		if len(at) == limit {
			return append(out, file(at, "create write"))
		}
		out = append(out, folder(at, "create"))
	}
	return out
}

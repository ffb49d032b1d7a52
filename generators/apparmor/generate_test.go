package apparmor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"batten/internal/testenv/require"
	"batten/profiles"
)

// What the kernel asks for at each access, and what a rule gives: held against the
// compiled form.
func TestEachAccessIsAllowed(t *testing.T) {
	const w = gotWrite | gotAppend
	want := map[profiles.Access]uint32{
		profiles.AccessRead: gotRead, profiles.AccessCreate: w, profiles.AccessWrite: w, profiles.AccessAppend: w,
		profiles.AccessTruncate: w, profiles.AccessRemove: w, profiles.AccessRename: w | gotRead, profiles.AccessReplace: w,
		profiles.AccessLink: 0, profiles.AccessSymlink: w, profiles.AccessChmod: w, profiles.AccessChown: w,
		profiles.AccessLock: gotLock, profiles.AccessLockOnly: gotLock | w, profiles.AccessMap: gotMap | gotRead,
		profiles.AccessExecute: gotExec | gotMap | gotRead, profiles.AccessBind: w, profiles.AccessConnect: w | gotRead,
	}
	p := web(1)
	for a := range want {
		touch(&p, 1, "/srv/"+string(a), a)
	}
	r := generate(t, p, Options{})
	automaton := compiled(t, r.Text)[0]
	for _, a := range allAccess {
		if got := automaton.perms("/srv/" + string(a)); got != want[a] {
			t.Errorf("%s gives %#x, want %#x", a, got, want[a])
		}
	}
}

func TestFoldersEndInASlash(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/srv/list/", profiles.AccessRead)
	touch(&p, 1, "/srv/made/", profiles.AccessCreate)
	touch(&p, 1, "/", profiles.AccessRead)
	r := generate(t, p, Options{})
	wantRules(t, r, `"/srv/list/" r,`, `"/srv/made/" w,`, `"/" r,`)
	a := compiled(t, r.Text)[0]
	if a.perms("/srv/list") != 0 || a.perms("/srv/list/x") != 0 {
		t.Error("the rule of a folder is for other names too")
	}
}

func TestHardLinks(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/srv/new", profiles.AccessLink).Target = "/srv/old"
	touch(&p, 1, "/srv/n\"2", profiles.AccessLink).Target = "/srv/o,*"
	r := generate(t, p, Options{})
	wantRules(t, r, `link "/srv/new" -> "/srv/old",`)
	a := compiled(t, r.Text)[0]
	for _, tt := range []struct {
		name, target string
		want         bool
	}{
		{"/srv/new", "/srv/old", true}, {"/srv/n\"2", "/srv/o,*", true}, {"/srv/new", "/etc/shadow", false},
		{"/srv/new", "/srv/o,*", false}, {"/srv/n\"2", "/srv/o,x", false},
	} {
		if got := a.link(tt.name, tt.target); got != tt.want {
			t.Errorf("link %s to %s: %t", tt.name, tt.target, got)
		}
	}
}

func TestTheEntryIsNotExecutedUnderItsOwnProfile(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/usr/sbin/web", profiles.AccessExecute, profiles.AccessMap)
	touch(&p, 1, "/bin/tool", profiles.AccessExecute)
	p.Programs = []profiles.Program{
		{Path: "/usr/sbin/web", Part: profiles.PartApplication, Runs: 1},
		{Path: "/bin/other", By: "/usr/sbin/web", Part: profiles.PartApplication, Runs: 1},
		{Path: "/usr/bin/runc", Part: profiles.PartRuntime, Runs: 1},
	}
	r := generate(t, p, Options{})
	wantRules(t, r, `"/usr/sbin/web" rm,`, `"/bin/tool" rmix,`, `"/bin/other" rmix,`)
	wantNoRuleWith(t, r, "runc\" r")

	p.Programs = append(p.Programs, profiles.Program{Path: "/usr/sbin/web", By: "/bin/tool", Part: profiles.PartApplication, Runs: 1})
	wantRules(t, generate(t, p, Options{}), `"/usr/sbin/web" rmix,`)
}

func TestWhoseRowsCount(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/application", profiles.AccessRead)
	*touch(&p, 1, "/health", profiles.AccessRead) = row("/health", profiles.PartExec, "healthcheck")
	*touch(&p, 1, "/byhand", profiles.AccessRead) = row("/byhand", profiles.PartExec, "exec-1")
	*touch(&p, 1, "/runtime", profiles.AccessRead) = row("/runtime", profiles.PartRuntime, "")
	*touch(&p, 1, "/layer", profiles.AccessRead) = row("/layer", "", "")
	r := generate(t, p, Options{})
	wantRules(t, r, `"/application" r,`, `"/health" r,`)
	wantNoRuleWith(t, r, "byhand", "runtime", "layer")
	wantNote(t, r, NoteLeftOut, "executed by hand (1)")
	wantNote(t, r, NoteIncomplete, "1 paths changed in the container's layer")
	wantRules(t, generate(t, p, Options{IncludeExec: true}), `"/byhand" r,`)
}

func row(path string, part profiles.Part, entry string) profiles.File {
	return profiles.File{Path: path, Access: []profiles.Access{profiles.AccessRead}, Part: part, Entry: entry, Runs: 1}
}

func wantNote(t *testing.T, r Result, kind NoteKind, part string) {
	t.Helper()
	for _, n := range r.Notes {
		if n.Kind == kind && strings.Contains(n.Text, part) {
			return
		}
	}
	t.Errorf("no note %s with %q in %v", kind, part, r.Notes)
}

func TestNoFilesIsAnError(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/a", profiles.AccessRead)
	p.Runs[0].Files = ""
	for name, p := range map[string]profiles.Profile{"not recorded": p, "no rows": web(1), "no runs": {}} {
		if _, err := Generate(p, Options{Name: ownName}); !errors.Is(err, ErrNoFiles) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/a", profiles.AccessRead)
	for _, tt := range []struct {
		o    Options
		want error
	}{
		{Options{}, ErrName}, {Options{Name: "a b"}, ErrName}, {Options{Name: "a\n"}, ErrName}, {Options{Name: "a//b"}, ErrName},
		{Options{Name: "-x"}, ErrName}, {Options{Name: strings.Repeat("a", 300)}, ErrName},
		{Options{Name: "a", DaemonProfile: "x,"}, ErrName}, {Options{Name: "a", Capabilities: []string{"CAP_X"}}, ErrInvalid},
	} {
		if _, err := Generate(p, tt.o); !errors.Is(err, tt.want) {
			t.Errorf("%+v: %v", tt.o, err)
		}
	}
}

func TestNames(t *testing.T) {
	for _, tt := range []struct{ project, service, want string }{
		{"shop", "web", "batten.shop.web"}, {"shop", "web.1", "batten.shop.web.1"}, {"", "web", "batten.-.web"},
		{"a.b", "c", ""}, {"-", "c", ""}, {"shop", "", ""}, {"shop", "a/b", ""}, {"shop", "a b", ""}, {"shöp", "a", ""},
		{"shop", "a\n", ""}, {"shop", strings.Repeat("a", 300), ""},
	} {
		got, err := Name(tt.project, tt.service)
		if got != tt.want && err == nil || (err == nil) != (tt.want != "") || err != nil && !errors.Is(err, ErrName) {
			t.Errorf("%q, %q: %q, %v", tt.project, tt.service, got, err)
		}
	}
}

func TestLossIsTold(t *testing.T) {
	p := web(2)
	touch(&p, 1, "/a", profiles.AccessRead)
	p.Loss = profiles.Loss{Paths: 3, Guessed: 2, MapFull: 1, IOURing: true}
	p.Runs[0].Files, p.Runs[1].Files, p.Runs[1].StartupSeen = "", profiles.FilesCalls, false
	r := generate(t, p, Options{NoNewPrivileges: true, Complain: true})
	for _, part := range []string{"3 files or sockets", "of 2 paths", "not complete in other", "io_uring", "only 1 of 2 runs",
		"without its start", "arguments of calls", "recorded without no-new-privileges"} {
		wantNote(t, r, NoteIncomplete, part)
	}
	wantNote(t, r, NoteChoice, "complain mode")
	if !strings.Contains(string(r.Text), "flags=(attach_disconnected,mediate_deleted,complain)") {
		t.Errorf("no complain mode in\n%s", r.Text)
	}
	checked(t, r.Text)
}

// An explicit deny binds in complain mode too.
func TestThereIsNoDeny(t *testing.T) {
	for _, service := range []string{"postgres", "nginx"} {
		for _, complain := range []bool{false, true} {
			r := generate(t, recorded(t, service), Options{Complain: complain})
			for _, x := range r.Rules {
				if strings.HasPrefix(x.Text, "deny") {
					t.Errorf("%s has %s", service, x.Text)
				}
				if strings.Count(x.Text, "**") > 0 {
					t.Errorf("%s has %s", service, x.Text)
				}
			}
		}
	}
}

func TestCapabilities(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/a", profiles.AccessRead)
	needs := func(name string, part profiles.Part, entry string, class profiles.Class, granted bool) {
		p.Capabilities = append(p.Capabilities, profiles.Capability{Name: name, Part: part, Entry: entry, Class: class, Granted: granted, Runs: 1})
	}
	needs("CAP_CHOWN", profiles.PartApplication, "", profiles.ClassNeed, true)
	needs("CAP_KILL", profiles.PartApplication, "", profiles.ClassUnknown, true)
	needs("CAP_SYS_ADMIN", profiles.PartApplication, "", profiles.ClassNoise, true)
	needs("CAP_SYS_NICE", profiles.PartApplication, "", profiles.ClassNeed, false)
	needs("CAP_NET_RAW", profiles.PartExec, "healthcheck", profiles.ClassNeed, true)
	needs("CAP_FOWNER", profiles.PartExec, "exec-1", profiles.ClassNeed, true)
	needs("CAP_SETPCAP", profiles.PartRuntime, "", profiles.ClassNeed, true)
	r := generate(t, p, Options{})
	wantRules(t, r, "capability chown,", "capability kill,", "capability net_raw,")
	wantNoRuleWith(t, r, "sys_admin", "sys_nice", "fowner", "setpcap")
	r = generate(t, p, Options{Capabilities: []string{"CAP_CHOWN", "sys_time", "chown"}})
	wantRules(t, r, "capability chown,", "capability sys_time,")
	wantNoRuleWith(t, r, "kill", "net_raw")
	wantNoRuleWith(t, generate(t, p, Options{Capabilities: []string{}}), "capability")
	var all []string
	all = append(all, profiles.CapabilityNames()...)
	checked(t, generate(t, p, Options{Capabilities: all}).Text)
}

func TestSocketsByTheirArguments(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/a", profiles.AccessRead)
	args := &profiles.Arguments{Index: []int{0, 1, 2}, Complete: true,
		Values: [][]uint64{{2, 1, 6}, {1, 2, 0}, {16, 3, 0}, {17, 3, 768}, {38, 5, 0}, {0, 1, 0}, {99, 1, 0}}}
	p.Syscalls = []profiles.Syscall{{Name: "socket", Part: profiles.PartApplication, Args: args, Runs: 1}}
	r := generate(t, p, Options{})
	wantRules(t, r, "network inet stream,", "network unix dgram,", "unix type=dgram,", "network netlink raw,", "network packet raw,")
	wantNoRuleWith(t, r, "inet6", "alg", "network unix stream", "inet dgram")
	if len(r.Refused) != 2 {
		t.Errorf("refused %v", r.Refused)
	}
	wantRules(t, generate(t, p, Options{AllowBeyond: true}), "network alg seqpacket,")
	checked(t, r.Text)
}

func TestSocketsWithoutArguments(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/a", profiles.AccessRead)
	p.Syscalls = []profiles.Syscall{{Name: "socket", Part: profiles.PartApplication, Runs: 1}}
	p.Sockets = []profiles.Socket{
		{Use: profiles.SocketListen, Protocol: "tcp", Address: "::", Port: 80, Part: profiles.PartApplication, Runs: 1},
		{Use: profiles.SocketConnect, Protocol: "udp", Address: "10.0.0.1", Port: 53, Part: profiles.PartApplication, Runs: 1},
		{Use: profiles.SocketListen, Protocol: "unix", Name: "x", Part: profiles.PartApplication, Runs: 1},
	}
	r := generate(t, p, Options{})
	wantRules(t, r, "network inet6 stream,", "network inet dgram,", "network unix stream,", "network unix dgram,")
	wantNote(t, r, NoteIncomplete, "arguments of socket calls")
}

func TestEveryFamilyAndTypeCompiles(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/a", profiles.AccessRead)
	args := &profiles.Arguments{Index: []int{0, 1, 2}, Complete: true}
	for f := range families {
		for k := range socketTypes {
			args.Values = append(args.Values, []uint64{f, k, 0})
		}
	}
	p.Syscalls = []profiles.Syscall{{Name: "socket", Part: profiles.PartApplication, Args: args, Runs: 1}}
	checked(t, generate(t, p, Options{AllowBeyond: true}).Text)
}

func TestSignalsAndTracing(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/a", profiles.AccessRead)
	sent := func(kind profiles.ContactKind, signal, peer string) {
		p.Contacts = append(p.Contacts, profiles.Contact{Kind: kind, Signal: signal, Peer: peer, Part: profiles.PartApplication, Runs: 1})
	}
	sent(profiles.ContactSignal, "USR1", "")
	sent(profiles.ContactSignal, "HUP", "db")
	sent(profiles.ContactSignal, "RT7", "db")
	sent(profiles.ContactSignal, "KILL", profiles.Outside)
	sent(profiles.ContactPtrace, "", "db")
	sent(profiles.ContactSignal, "HUP", "d b")
	sent(profiles.ContactSignal, "NOSUCH", "db")
	r := generate(t, p, Options{DaemonProfile: "docker-engine"})
	wantRules(t, r, "signal (receive) peer=unconfined,", "signal (receive) peer=runc,", "signal (receive) peer=crun,",
		`signal (receive) peer="docker-engine",`, `signal (send, receive) peer="batten.shop.web",`,
		`signal (send) set=(hup) peer="batten.shop.db",`, `signal (send) set=(rtmin+7) peer="batten.shop.db",`,
		"signal (send) set=(kill) peer=unconfined,", `ptrace (trace, read) peer="batten.shop.db",`,
		`ptrace (trace, read, tracedby, readby) peer="batten.shop.web",`)
	if len(r.Refused) != 2 {
		t.Errorf("refused %v", r.Refused)
	}
	checked(t, r.Text)
}

func TestEverySignalCompiles(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/a", profiles.AccessRead)
	names := append([]string{"TSTP", "POLL"}, strings.Fields(strings.ToUpper(strings.Join(knownSignals, " ")))...)
	for i := range 33 {
		names = append(names, fmt.Sprintf("RT%d", i))
	}
	for _, n := range names {
		p.Contacts = append(p.Contacts, profiles.Contact{Kind: profiles.ContactSignal, Signal: n, Peer: "db", Part: profiles.PartApplication, Runs: 1})
	}
	r := generate(t, p, Options{})
	if len(r.Refused) > 0 {
		t.Errorf("refused %v", r.Refused)
	}
	checked(t, r.Text)
}

func TestMounts(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/a", profiles.AccessRead)
	mount := func(m profiles.Mount) {
		m.Part, m.Runs = profiles.PartApplication, 1
		p.Mounts = append(p.Mounts, m)
	}
	mount(profiles.Mount{Operation: "mount", Type: "tmpfs", Source: "none", Path: "/mnt/a b", Options: []string{"nosuid", "nodev"}})
	mount(profiles.Mount{Operation: "bind", Source: "/srv", Path: "/mnt/b", Options: []string{"rec"}})
	mount(profiles.Mount{Operation: "remount", Path: "/mnt/b", Options: []string{"ro"}})
	mount(profiles.Mount{Operation: "propagation", Path: "/", Options: []string{"private", "rec"}})
	mount(profiles.Mount{Operation: "move", Source: "/x", Path: "/y"})
	mount(profiles.Mount{Operation: "umount", Path: "/mnt/b"})
	mount(profiles.Mount{Operation: "pivot_root", Path: "/mnt/c"})
	mount(profiles.Mount{Operation: "mount", Type: "a b", Path: "/mnt/d"})
	mount(profiles.Mount{Operation: "bind", Source: "relative", Path: "/mnt/e"})
	mount(profiles.Mount{Operation: "mount", Type: "tmpfs", Path: "/mnt/f", Options: []string{"x)"}})
	r := generate(t, p, Options{})
	wantRules(t, r, `mount fstype=tmpfs options=(nodev, nosuid, rw) "none" -> "/mnt/a b{,/}",`,
		`mount options=(rbind, rw) "/srv{,/}" -> "/mnt/b{,/}",`, `mount options=(remount, ro) -> "/mnt/b{,/}",`,
		`mount options=(rprivate) -> "/",`, `mount options=(move) "/x{,/}" -> "/y{,/}",`, `umount "/mnt/b{,/}",`, `pivot_root "/mnt/c{,/}",`)
	if len(r.Refused) != 3 {
		t.Errorf("refused %v", r.Refused)
	}
	wantNote(t, r, NoteWide, "docker-default forbids")
	checked(t, r.Text)
}

func TestCheckSaysWhere(t *testing.T) {
	if _, err := parser(); err != nil {
		require.Missing(t, "vm", "apparmor_parser is not installed (scripts/setup.sh test installs it)")
	}
	_, err := Check(context.Background(), []byte("profile x {\n  /a r,\n  /b [ r,\n}\n"))
	if !errors.Is(err, ErrRejected) || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("%v", err)
	}
	r, err := Check(context.Background(), []byte("profile x { /a r, }\n"))
	if err != nil || r.Bytes == 0 || r.Version == "" || r.Seconds <= 0 {
		t.Errorf("%+v, %v", r, err)
	}
	// Three times "**" in one rule, ten times: it would never end.
	var b strings.Builder
	for i := range 10 {
		fmt.Fprintf(&b, "  /**/a%d/**/b%d/**/c%d r,\n", i, i, i)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	before := parsers(t)
	if _, err := Check(ctx, []byte("profile x {\n"+b.String()+"}\n")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	// They were killed; the kernel may take a moment to end them.
	var left []string
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		left = nil
		for pid := range parsers(t) {
			if !before[pid] {
				left = append(left, pid)
			}
		}
		if left == nil {
			return
		}
	}
	t.Errorf("processes %v of the parser go on", left)
}

// parsers are the processes of the parser that run now.
func parsers(t *testing.T) map[string]bool {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, path := range stats {
		data, _ := os.ReadFile(path) // it may have ended meanwhile
		_, state, found := strings.Cut(string(data), "(apparmor_parser) ")
		if found && !strings.HasPrefix(state, "Z") {
			out[filepath.Base(filepath.Dir(path))] = true
		}
	}
	return out
}

// The reason that is told is a check on which something depended.
func TestNoiseIsNoReason(t *testing.T) {
	p := web(1)
	touch(&p, 1, "/a", profiles.AccessRead)
	for call, class := range map[string]profiles.Class{"brk": profiles.ClassNoise, "mount": profiles.ClassNeed} {
		p.Capabilities = append(p.Capabilities, profiles.Capability{Name: "CAP_SYS_ADMIN", Part: profiles.PartApplication,
			Syscall: call, Class: class, Granted: true, Runs: 1})
	}
	p.Sort()
	for _, x := range generate(t, p, Options{}).Rules {
		if x.Group == GroupCapabilities && x.Why != "checked in mount; 1 of 1 runs" {
			t.Errorf("%s: %s", x.Text, x.Why)
		}
	}
}

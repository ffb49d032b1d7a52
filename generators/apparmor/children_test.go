package apparmor

import (
	"fmt"
	"strings"
	"testing"

	"batten/profiles"
)

// stepdown is a service that a script starts through a helper which changes the user.
func stepdown() profiles.Profile {
	p := web(1)
	p.Entries[0].Program = "/entry.sh"
	by := func(program string, f *profiles.File) { f.Program = program }
	by("/bin/sh", touch(&p, 1, "/entry.sh", profiles.AccessRead))
	by("/bin/sh", touch(&p, 1, "/bin/sh", profiles.AccessMap))
	by("/bin/sh", touch(&p, 1, "/bin/gosu", profiles.AccessExecute))
	by("/bin/gosu", touch(&p, 1, "/etc/passwd", profiles.AccessRead))
	by("/bin/gosu", touch(&p, 1, "/usr/sbin/web", profiles.AccessExecute))
	by("/bin/sh", touch(&p, 1, "/bin/chown", profiles.AccessExecute))
	by("/bin/chown", touch(&p, 1, "/data/", profiles.AccessChown))
	for i := range 5 {
		touch(&p, 1, fmt.Sprintf("/srv/file-%c", 'a'+i), profiles.AccessRead)
	}
	p.Programs = []profiles.Program{
		{Path: "/entry.sh", Part: profiles.PartApplication, Runs: 1},
		{Path: "/bin/gosu", By: "/bin/sh", Part: profiles.PartApplication, Runs: 1},
		{Path: "/bin/chown", By: "/bin/sh", Part: profiles.PartApplication, Runs: 1},
		{Path: "/usr/sbin/web", By: "/bin/gosu", Part: profiles.PartApplication, Runs: 1},
	}
	for name, program := range map[string]string{"CAP_SETUID": "/bin/gosu", "CAP_CHOWN": "/bin/chown", "CAP_DAC_OVERRIDE": "/bin/sh"} {
		p.Capabilities = append(p.Capabilities, profiles.Capability{Name: name, Granted: true, Class: profiles.ClassNeed,
			Part: profiles.PartApplication, Programs: []string{program}, Runs: 1})
	}
	return p
}

// in returns the texts of the rules of one child, "" for the service's own.
func in(r Result, child string) string {
	var b strings.Builder
	for _, x := range r.Rules {
		if x.Profile == child {
			b.WriteString(x.Text + "\n")
		}
	}
	return b.String()
}

func TestHelpersThatNeedMoreHaveTheirOwnProfile(t *testing.T) {
	r := generate(t, stepdown(), Options{})
	for _, tt := range []struct {
		child     string
		has, lack []string
	}{
		{"", []string{`"/bin/gosu" rmcx -> gosu,`, `"/bin/chown" rmcx -> chown,`, `"/usr/sbin/web" rmix,`, "capability dac_override,", `"/etc/passwd" r,`},
			[]string{"setuid", "capability chown", `"/data/"`}},
		{"gosu", []string{`"/bin/gosu" rmix,`, `"/usr/sbin/web" rmpx -> "batten.shop.web",`, "capability setuid,", `"/bin/chown" rm,`, `"/srv/file-a" r,`},
			[]string{"capability chown", `"/data/"`}},
		{"chown", []string{`"/bin/chown" rmix,`, "capability chown,", `"/data/" w,`, `"/usr/sbin/web" rm,`, `"/srv/file-a" r,`}, []string{"setuid"}},
	} {
		rules := in(r, tt.child)
		for _, want := range append(tt.has, "signal (receive) peer=unconfined,",
			`signal (send, receive) peer="batten.shop.web",`, `signal (send, receive) peer="batten.shop.web//gosu",`,
			`ptrace (trace, read, tracedby, readby) peer="batten.shop.web//chown",`) {
			if !strings.Contains(rules, want+"\n") {
				t.Errorf("profile %q lacks %s:\n%s", tt.child, want, rules)
			}
		}
		for _, no := range tt.lack {
			if strings.Contains(rules, no) {
				t.Errorf("profile %q has %s:\n%s", tt.child, no, rules)
			}
		}
	}
	wantNote(t, r, NoteChild, "/bin/gosu has a profile of its own: it alone needs CAP_SETUID")
	if n := len(compiled(t, r.Text)); n != 3 {
		t.Errorf("%d profiles are compiled", n)
	}
}

func TestNoNewPrivilegesKeepsEverythingInOneProfile(t *testing.T) {
	for _, o := range []Options{{NoNewPrivileges: true}, {WithoutChildren: true}} {
		r := generate(t, stepdown(), o)
		wantRules(t, r, `"/bin/gosu" rmix,`, "capability setuid,", "capability chown,", `"/data/" w,`)
		wantNoRuleWith(t, r, "cx", "px", "//")
		wantNote(t, r, NoteChild, "/bin/gosu stays under the service's profile although it alone needs CAP_SETUID")
		if n := len(compiled(t, r.Text)); n != 1 {
			t.Errorf("%d profiles are compiled", n)
		}
	}
}

// A new profile must allow the mapping of the dynamic linker, which only some tracers see.
func TestNoChildrenWithoutWhatTheKernelOpens(t *testing.T) {
	p := stepdown()
	p.Runs[0].Files = profiles.FilesCalls
	r := generate(t, p, Options{})
	wantRules(t, r, `"/bin/gosu" rmix,`, "capability setuid,")
	wantNote(t, r, NoteChild, "interpreters that the kernel opens")
}

// The shell that interprets the entry needs a capability alone, and so does a program
// that the runtime may have started: neither changes its profile at an exec.
func TestWhatIsNotAlwaysExecutedIsNoHelper(t *testing.T) {
	p := stepdown()
	p.Programs = append(p.Programs, profiles.Program{Path: "/bin/sh", By: "/usr/sbin/web", Part: profiles.PartApplication, Runs: 1},
		profiles.Program{Path: "/bin/gosu", Part: profiles.PartApplication, Runs: 1})
	r := generate(t, p, Options{})
	for _, x := range r.Rules {
		if x.Profile == "sh" || x.Profile == "gosu" {
			t.Errorf("a profile %s with %s", x.Profile, x.Text)
		}
	}
	wantRules(t, r, "capability setuid,", "capability dac_override,")
}

func TestAHelperThatChangesManyPathsOfItsOwn(t *testing.T) {
	p := stepdown()
	for i := range manyOwn {
		touch(&p, 1, fmt.Sprintf("/backup/%c/state", 'a'+i), profiles.AccessCreate).Program = "/bin/backup"
	}
	for i := range 40 {
		touch(&p, 1, fmt.Sprintf("/srv/%c/%c", 'a'+i%20, 'a'+i/20), profiles.AccessRead)
	}
	p.Programs = append(p.Programs, profiles.Program{Path: "/bin/backup", By: "/usr/sbin/web", Part: profiles.PartApplication, Runs: 1})
	r := generate(t, p, Options{})
	if own := in(r, ""); strings.Contains(own, "/backup/") || !strings.Contains(own, `"/bin/backup" rmcx -> backup,`) {
		t.Errorf("the service's own profile:\n%s", own)
	}
	if child := in(r, "backup"); !strings.Contains(child, `"/backup/a/state" w,`) {
		t.Errorf("the helper's profile:\n%s", child)
	}
	checked(t, r.Text)
}

func TestNamesOfChildrenAreSafe(t *testing.T) {
	for _, name := range []string{"/bin/a b", "/bin/ä", "/bin/x{", "/bin/\n", "/bin/" + strings.Repeat("a", 100), "/opt/1x"} {
		if got := childName(nil, name); got != "helper-1" {
			t.Errorf("%q is called %q", name, got)
		}
	}
	if got := childName([]child{{name: "gosu"}}, "/opt/gosu"); got != "helper-2" {
		t.Errorf("the second gosu is called %q", got)
	}
}

// What somebody unknown touched too is not the helper's alone.
func TestPathsOfUnknownProgramsStayWithTheService(t *testing.T) {
	p := stepdown()
	touch(&p, 1, "/data/", profiles.AccessRead).Program = ""
	r := generate(t, p, Options{})
	if own := in(r, ""); !strings.Contains(own, `"/data/" rw,`) {
		t.Errorf("the service's own profile:\n%s", own)
	}
}

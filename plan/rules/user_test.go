package rules

import (
	"path/filepath"
	"strings"
	"testing"

	"batten/profiles"
	"batten/project"
)

func TestUsersAreReadAsEnginesDo(t *testing.T) {
	files := &project.ImageFiles{Users: map[string]project.Account{"web": {Name: "web", UID: 101, GID: 102}}, Groups: map[string]int{"www": 33}}
	for user, want := range map[string][2]int{
		"": {0, 0}, "root": {0, 0}, "root:www": {0, 0}, "0": {0, -1}, "0:0": {0, 0}, "1000": {1000, -1}, "1000:50": {1000, 50},
		"web": {101, 102}, "web:www": {101, 33}, "web:7": {101, 7}, "other": {-1, -1}, " 5 ": {5, -1},
	} {
		a := accountOf(user, files)
		if !a.known || a.uid != want[0] || a.gid != want[1] {
			t.Errorf("%q: %+v, want %v", user, a, want)
		}
	}
	if a := accountOf("web", nil); !a.nonRoot() {
		t.Error("a name that is not root counts as root where nobody looked")
	}
	if (account{}).nonRoot() {
		t.Error("what is not known counts as another user than root")
	}
}

func TestOnlyCommandsOfScriptsCount(t *testing.T) {
	files := &project.ImageFiles{Scripts: map[string]string{"/e": "#!/bin/sh\n# sudo is bad\nset -e; exec /usr/sbin/gosu \"$USER\" app --mode=sudoku\n"}}
	if got := mentions(files, []string{"sudo", "gosu"}); got != "gosu" {
		t.Errorf("mentions %q", got)
	}
	if got := mentions(nil, []string{"sudo"}); got != "" {
		t.Errorf("no image mentions %q", got)
	}
}

func TestNamesOfOthersStayOnOneHarmlessLine(t *testing.T) {
	for in, want := range map[string]string{"/bin/ls": "/bin/ls", "": `""`, "a\nb": `"a\nb"`, "\x1b[31m": `"\x1b[31m"`, "ü": `"\u00fc"`} {
		if got := plain(in); got != want {
			t.Errorf("%q: %s", in, got)
		}
	}
}

func TestWhoMayWriteFollowsOwnerGroupAndOthers(t *testing.T) {
	files := &project.ImageFiles{Entries: map[string]project.FileEntry{
		"/run": {Mode: 0o755, Folder: true}, "/tmp": {Mode: 0o1777, Folder: true}, "/data": {Mode: 0o750, UID: 9, Folder: true},
		"/group": {Mode: 0o775, GID: 8, Folder: true}, "/etc": {Mode: 0o755, Folder: true}, "/etc/conf": {Mode: 0o644, UID: 9},
	}}
	create := []profiles.Access{profiles.AccessCreate}
	for _, test := range []struct {
		file profiles.File
		want bool
	}{
		{profiles.File{Path: "/run/x.pid", Access: create}, false},
		{profiles.File{Path: "/tmp/x", Access: create}, true},
		{profiles.File{Path: "/data/x", Access: create}, true},
		{profiles.File{Path: "/group/x", Access: create}, true},
		{profiles.File{Path: "/etc/conf", Access: []profiles.Access{profiles.AccessWrite}}, true},
		{profiles.File{Path: "/etc/conf", Access: []profiles.Access{profiles.AccessRemove}}, false},
		{profiles.File{Path: "/x", Access: create}, false},
	} {
		if got := mayWrite(files, test.file, 9, 8); got != test.want {
			t.Errorf("%s %v: %v", test.file.Path, test.file.Access, got)
		}
	}
}

func TestAStepDownToAHostBindWaitsForThePerson(t *testing.T) {
	facts := factsFrom(t, `-- compose.yaml --
services: {db: {image: "postgres:16", volumes: ["./d:/var/lib/postgresql/data"]}}
`)
	s, _ := facts.Project.Service("db")
	doubts := ownerDoubts(s, 999)
	if len(doubts) != 1 || !strings.Contains(doubts[0], "/var/lib/postgresql/data") {
		t.Errorf("doubts %q", doubts)
	}
}

// A recording names one program of each user: the one that sorts first.
func TestAServiceIsNotNamedAfterItsHealthCheck(t *testing.T) {
	main := profiles.Entry{Kind: profiles.EntryMain, Program: "/usr/bin/web"}
	check := profiles.Entry{Kind: profiles.EntryHealthCheck, Program: "/usr/bin/check"}
	shell := profiles.Entry{Kind: profiles.EntryExec, Program: "/bin/sh"}
	as := func(program string) profiles.Identity { return profiles.Identity{Program: program} }
	for name, test := range map[string]struct {
		entries []profiles.Entry
		steady  []profiles.Identity
		want    string
	}{
		"its own program":           {[]profiles.Entry{main, check}, []profiles.Identity{as("/usr/bin/web")}, "/usr/bin/web"},
		"a program of its own":      {[]profiles.Entry{main, check}, []profiles.Identity{as("/usr/bin/worker")}, "/usr/bin/worker"},
		"the check":                 {[]profiles.Entry{main, check}, []profiles.Identity{as("/usr/bin/check")}, "/usr/bin/web"},
		"a shell of another name":   {[]profiles.Entry{main, shell}, []profiles.Identity{as("/usr/bin/dash")}, "/usr/bin/web"},
		"a shell without a check":   {[]profiles.Entry{main}, []profiles.Identity{as("/bin/sh")}, "/bin/sh"},
		"the check beside a user":   {[]profiles.Entry{main, check}, []profiles.Identity{as("/usr/bin/check"), as("/usr/bin/web")}, ""},
		"the same program as check": {[]profiles.Entry{main, {Kind: profiles.EntryHealthCheck, Program: "/usr/bin/web"}}, []profiles.Identity{as("/usr/bin/web")}, "/usr/bin/web"},
	} {
		if got := servedBy(&profiles.Profile{Evidence: profiles.Evidence{Entries: test.entries}}, test.steady, 0); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	if got := inProgram(": ", ""); got != "" {
		t.Errorf("no program is named as %q", got)
	}
}

func TestFindingsOfImagesStandAtTheService(t *testing.T) {
	for _, path := range []string{"testdata/B012/root-serves.txtar", "testdata/B012/known-image.txtar", "testdata/B050/*.txtar"} {
		found, err := filepath.Glob(path)
		if err != nil || len(found) == 0 {
			t.Fatalf("no fixture %s: %v", path, err)
		}
		f := loadFixture(t, found[0])
		own, _ := f.decisions(f.facts)
		for _, d := range own {
			if len(d.Finding.At) != 1 || d.Finding.At[0].Line < 2 {
				t.Errorf("%s stands at %v", d.Finding.ID(), d.Finding.At)
			}
		}
	}
}

package apparmor

import (
	"context"
	"errors"
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

const ownName = "batten.shop.web"

// aRun is a run that recorded everything.
func aRun() profiles.Run {
	return profiles.Run{
		Backend: "ebpf/tp_btf", Arch: profiles.ArchX8664, Kernel: "6.1.0", Engine: "docker 20.10.24", Runtime: "runc 1.1.5",
		Seccomp: profiles.SeccompRecord, StartupSeen: true, Seconds: 30, QuietFor: 20, Files: profiles.FilesLSM,
	}
}

// web is a service without any rows.
func web(runs int) profiles.Profile {
	p := profiles.Profile{
		Schema:  profiles.ProfileSchema,
		Service: profiles.Service{Name: "web", Project: "shop", Kind: profiles.KindContainer},
	}
	for range runs {
		p.Runs = append(p.Runs, aRun())
	}
	p.Entries = []profiles.Entry{
		{ID: profiles.MainEntry, Kind: profiles.EntryMain, Program: "/usr/sbin/web", Runs: runs},
		{ID: "healthcheck", Kind: profiles.EntryHealthCheck, Program: "/bin/check", Runs: runs},
		{ID: "exec-1", Kind: profiles.EntryExec, Program: "/bin/bash", Runs: 1},
	}
	return p
}

// touch adds a row of the application; a path with a final slash is a folder.
func touch(p *profiles.Profile, runs int, path string, access ...profiles.Access) *profiles.File {
	folder := strings.HasSuffix(path, "/")
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	p.Files = append(p.Files, profiles.File{
		Path: path, Folder: folder, Access: access, Program: "/usr/sbin/web", Part: profiles.PartApplication,
		Phases: []profiles.Phase{profiles.PhaseSteady}, Runs: runs,
	})
	return &p.Files[len(p.Files)-1]
}

func generate(t *testing.T, p profiles.Profile, o Options) Result {
	t.Helper()
	if o.Name == "" {
		o.Name = ownName
	}
	r, err := Generate(p, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// has tells whether a result has a rule of exactly this text.
func has(r Result, text string) bool {
	for _, x := range r.Rules {
		if x.Text == text {
			return true
		}
	}
	return false
}

func wantRules(t *testing.T, r Result, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !has(r, text) {
			t.Errorf("no rule %s in\n%s", text, r.Text)
		}
	}
}

func wantNoRuleWith(t *testing.T, r Result, parts ...string) {
	t.Helper()
	for _, x := range r.Rules {
		for _, part := range parts {
			if strings.Contains(x.Text, part) {
				t.Errorf("rule %s has %s", x.Text, part)
			}
		}
	}
}

// checked compiles a profile where there is a parser.
func checked(t *testing.T, text []byte) Report {
	t.Helper()
	rep, err := Check(context.Background(), text)
	if errors.Is(err, ErrNoParser) {
		return rep
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return rep
}

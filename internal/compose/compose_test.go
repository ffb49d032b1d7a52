package compose

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"batten/project"
)

// fake puts a program in PATH that notes its arguments and folder.
func fake(t *testing.T, name, script string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return dir
}

const hostile = "we\"b\n\x1b[2J: {}"

func open(t *testing.T, tool Tool) (*Session, *[]string) {
	t.Helper()
	on := true
	var said []string
	s, err := Open(tool, &project.Project{Name: "shop", Dir: "/srv/shop", Files: []string{"/srv/shop/a.yml", "/srv/shop/b.yml"}, Version: "3.7"},
		map[string]Change{"web": {Seccomp: []byte("{}")}, hostile: {Seccomp: []byte("{}"), NoNewPrivileges: &on}},
		func(line string) { said = append(said, line) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, &said
}

func TestToolIsFound(t *testing.T) {
	fake(t, "docker-compose", "echo 1.29.2")
	if err := os.Setenv("PATH", strings.Split(os.Getenv("PATH"), ":")[0]); err != nil {
		t.Fatal(err)
	}
	tool, err := Find(t.Context())
	if err != nil || !tool.Classic || tool.Version != "1.29.2" || tool.Name() != "docker-compose" {
		t.Fatalf("%+v, %v", tool, err)
	}
	dir := fake(t, "docker", `[ "$1" = compose ] && echo v2.30.1`)
	t.Setenv("PATH", dir)
	tool, err = Find(t.Context())
	if err != nil || tool.Classic || tool.Version != "2.30.1" || tool.Name() != "docker compose" {
		t.Fatalf("%+v, %v", tool, err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Find(t.Context()); !errors.Is(err, ErrNoTool) {
		t.Fatal(err)
	}
}

// override is the part of the override file that matters.
type override struct {
	Version  string
	Services map[string]struct {
		Options []string `json:"security_opt"`
	}
}

func TestOverrideWinsInBothPrograms(t *testing.T) {
	for _, classic := range []bool{true, false} {
		s, _ := open(t, Tool{Argv: []string{"x"}, Classic: classic})
		data, err := os.ReadFile(s.override())
		if err != nil {
			t.Fatal(err)
		}
		var o override
		if err := json.Unmarshal(data, &o); err != nil {
			t.Fatal(err)
		}
		if o.Version != "3.7" || len(o.Services) != 2 || len(o.Services[hostile].Options) != 2 {
			t.Fatalf("%+v", o)
		}
		option := o.Services["web"].Options[0]
		path := strings.TrimPrefix(option, "seccomp=")
		if classic {
			path = filepath.Join(s.dir, path)
			// The classic program sorts; the engine takes the last.
			all := []string{option, "seccomp:unconfined", "seccomp=unconfined", "seccomp:/z/z.json", "seccomp=./z.json", "no-new-privileges"}
			if slices.Max(all) != option {
				t.Errorf("%s does not sort last", option)
			}
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != "{}" {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
}

func TestArgumentsAreAVector(t *testing.T) {
	fake(t, "docker-compose", `pwd; for a in "$@"; do echo "[$a]"; done`)
	s, said := open(t, Tool{Argv: []string{"docker-compose"}, Classic: true})
	if err := s.Up(t.Context(), "web", "; rm -rf /"); err != nil {
		t.Fatal(err)
	}
	want := "[--project-name] [shop] [--project-directory] [/srv/shop] [--file] [/srv/shop/a.yml] [--file] [/srv/shop/b.yml] [--file] [" +
		s.override() + "] [up] [--detach] [web] [; rm -rf /]"
	if (*said)[0] != s.dir || strings.Join((*said)[1:], " ") != want {
		t.Fatalf("got %s", *said)
	}
	*said = nil
	if err := s.Restore(t.Context(), true, "web"); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(strings.Join(*said, " "), "override") {
		t.Fatalf("restored under batten's settings: %s", *said)
	}
}

func TestFailureCarriesTheLastLines(t *testing.T) {
	fake(t, "docker-compose", "for i in 1 2 3 4 5 6; do echo line $i >&2; done; exit 9")
	s, _ := open(t, Tool{Argv: []string{"docker-compose"}, Classic: true})
	err := s.Down(t.Context())
	if err == nil || !strings.Contains(err.Error(), "exit status 9: line 3 | line 4 | line 5 | line 6") {
		t.Fatal(err)
	}
}

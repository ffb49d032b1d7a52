package compose

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
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
	dir := t.TempDir()
	s, err := Open(tool, &project.Project{Name: "shop", Dir: dir, Files: []string{dir + "/a.yml", dir + "/b.yml"}, Version: "3.7"},
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
		path := strings.TrimPrefix(o.Services["web"].Options[0], "seccomp=")
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var mine map[string]any
		if err := json.Unmarshal(got, &mine); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		if classic {
			// The classic program sorts by content; the engine takes the last.
			all := []string{string(got), "unconfined", `{"defaultAction": "SCMP_ACT_ERRNO"}`, `{"syscalls": [{"names": []}]}`}
			if slices.Max(all) != string(got) {
				t.Errorf("%s does not sort last", got)
			}
		}
	}
}

func TestFoldersOfKilledSessionsAreSwept(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	dead := filepath.Join(temp, fmt.Sprintf("batten-compose-%d-1", gone.Process.Pid))
	alive := filepath.Join(temp, fmt.Sprintf("batten-compose-%d-1", os.Getppid()))
	for _, dir := range []string{dead, alive} {
		if err := os.MkdirAll(filepath.Join(dir, "profiles"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s, _ := open(t, Tool{Argv: []string{"x"}})
	if _, err := os.Stat(dead); err == nil {
		t.Error("the folder of a dead process is still there")
	}
	if _, err := os.Stat(alive); err != nil {
		t.Error("the folder of a running process is gone")
	}
	if _, err := os.Stat(s.dir); err != nil {
		t.Error(err)
	}
}

func TestArgumentsAreAVector(t *testing.T) {
	fake(t, "docker-compose", `pwd; for a in "$@"; do echo "[$a]"; done`)
	s, said := open(t, Tool{Argv: []string{"docker-compose"}, Classic: true})
	if err := s.Up(t.Context(), "web", "; rm -rf /"); err != nil {
		t.Fatal(err)
	}
	dir := s.project.Dir
	want := "[--project-name] [shop] [--project-directory] [" + dir + "] [--file] [" + dir + "/a.yml] [--file] [" + dir + "/b.yml] [--file] [" +
		s.override() + "] [up] [--detach] [web] [; rm -rf /]"
	if (*said)[0] != dir || strings.Join((*said)[1:], " ") != want {
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

func TestAHurriedSessionKills(t *testing.T) {
	fake(t, "docker-compose", `echo "$@"`)
	s, said := open(t, Tool{Argv: []string{"docker-compose"}, Classic: true})
	s.Hurry()
	if err := errors.Join(s.Stop(t.Context(), "web"), s.Down(t.Context()), s.Restore(t.Context(), true, "web")); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"stop --timeout 0 web", "down --timeout 0", "--detach --timeout 0 web"} {
		if !strings.HasSuffix((*said)[i], want) {
			t.Errorf("%q", (*said)[i])
		}
	}
}

func TestFailureNamesTheCauseOnce(t *testing.T) {
	fake(t, "docker-compose", `echo Creating network; echo "ERROR: for web  no such image" >&2; echo "ERROR: Encountered errors while bringing up the project." >&2; exit 9`)
	s, _ := open(t, Tool{Argv: []string{"docker-compose"}, Classic: true})
	err := s.Down(t.Context())
	if err == nil || !strings.HasSuffix(err.Error(), "exit status 9: for web  no such image") {
		t.Fatal(err)
	}
}

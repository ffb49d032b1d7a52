package engine

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"batten/generators/seccomp"
	"batten/internal/docker"
	"batten/internal/fault"
	"batten/profiles"
)

func TestFileNamesStayInTheirFolder(t *testing.T) {
	for in, want := range map[string]string{"web": "web", "web-1.2_x": "web-1.2_x"} {
		if got := fileName(in); got != want {
			t.Errorf("%q → %q", in, got)
		}
	}
	seen := map[string]string{}
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.OneOf(rapid.String(), rapid.StringMatching(`[./a-c-]{0,6}`)).Draw(t, "name")
		got := fileName(in)
		if got == "" || len(got) > 100 || !filepath.IsLocal(got) || strings.ContainsAny(got, "/\x00\n") || got[0] == '.' || got[0] == '-' {
			t.Fatalf("%q → %q", in, got)
		}
		if other, ok := seen[got]; ok && other != in {
			t.Fatalf("%q and %q → %q", in, other, got)
		}
		seen[got] = in
	})
}

func TestLeftOversAreThoseOfDeadProcesses(t *testing.T) {
	for name, want := range map[string]string{
		".web.999999999.partial.json":  "web",
		".a.b.999999999.partial.json":  "a.b",
		".web.1.partial.json":          "", // runs
		"web.999999999.partial.json":   "",
		".999999999.partial.json":      "",
		".web.notanumber.partial.json": "",
		".web.-5.partial.json":         "web",
		"web.json":                     "",
	} {
		got, ok := leftOver(name)
		if got != want || ok != (want != "") {
			t.Errorf("%s: %q %v", name, got, ok)
		}
	}
}

func TestBoundingSet(t *testing.T) {
	for _, c := range []struct {
		privileged bool
		add, drop  []string
		has, lacks string
		size       int
	}{
		{size: 14, has: "CAP_CHOWN", lacks: "CAP_SYS_ADMIN"},
		{drop: []string{"ALL"}, size: 0, lacks: "CAP_CHOWN"},
		{drop: []string{"all"}, add: []string{"chown", "CAP_SYS_TIME"}, size: 2, has: "CAP_SYS_TIME"},
		{add: []string{"ALL"}, drop: []string{"SYS_ADMIN"}, size: 40, lacks: "CAP_SYS_ADMIN"},
		{drop: []string{"NET_RAW"}, size: 13, lacks: "CAP_NET_RAW"},
		{add: []string{"no such thing"}, size: 14},
		{privileged: true, drop: []string{"ALL"}, size: 41, has: "CAP_SYS_ADMIN"},
	} {
		got := bounding(c.privileged, c.add, c.drop)
		if len(got) != c.size || c.has != "" && !slices.Contains(got, c.has) || slices.Contains(got, c.lacks) {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestSeccompKinds(t *testing.T) {
	builtin := docker.Facts{Seccomp: true, SecurityOptions: []string{"name=seccomp,profile=default"}}
	for _, c := range []struct {
		container docker.Container
		facts     docker.Facts
		want      profiles.Seccomp
	}{
		{docker.Container{}, builtin, profiles.SeccompDefault},
		{docker.Container{Privileged: true}, builtin, profiles.SeccompUnconfined},
		{docker.Container{Seccomp: "unconfined"}, builtin, profiles.SeccompUnconfined},
		{docker.Container{Seccomp: string(seccomp.Unconfined().Encode())}, builtin, profiles.SeccompRecord},
		{docker.Container{Seccomp: `{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW"}]}`}, builtin, profiles.SeccompCustom},
		{docker.Container{}, docker.Facts{Seccomp: true, SecurityOptions: []string{"name=seccomp,profile=/etc/docker/seccomp.json"}}, profiles.SeccompCustom},
		{docker.Container{}, docker.Facts{}, profiles.SeccompUnconfined},
	} {
		if got := seccompKind(c.container, c.facts); got != c.want {
			t.Errorf("%+v: %s, want %s", c.container, got, c.want)
		}
	}
}

func TestGeneratedPoliciesAreKnownAsOurs(t *testing.T) {
	r, err := seccomp.Generate(profiles.Profile{
		Service: profiles.Service{Name: "x", Kind: profiles.KindCommand},
		Runs:    []profiles.Run{{Backend: "ptrace", Arch: profiles.ArchX8664}},
		Evidence: profiles.Evidence{Syscalls: []profiles.Syscall{
			{Name: "read", Arch: profiles.ArchX8664, Part: profiles.PartApplication, Runs: 1},
		}},
	}, seccomp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := &Engine{}
	if !e.oursSeccomp(r.JSON) {
		t.Fatal("a generated policy would not be replaced by the next")
	}
	if e.oursSeccomp([]byte(`{"defaultAction": "SCMP_ACT_ALLOW"}`)) {
		t.Fatal("a foreign policy would be replaced")
	}
}

func TestChildrenAreFound(t *testing.T) {
	cmd := exec.Command("sleep", "30")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	if !slices.Contains(children(), cmd.Process.Pid) {
		t.Fatalf("%d is not among %v", cmd.Process.Pid, children())
	}
}

func TestWorkloadIsStoppedWithItsChildren(t *testing.T) {
	e := &Engine{dir: t.TempDir()}
	var lines []string
	e.options.Events = func(ev Event) {
		if o, ok := ev.(Output); ok {
			lines = append(lines, o.Line)
		}
	}
	w, err := e.startWorkload("echo one; printf two; exit 3")
	if err != nil {
		t.Fatal(err)
	}
	<-w.done
	if r := w.stop(); r.ExitCode != 3 || strings.Join(lines, "|") != "one|two" {
		t.Fatalf("%+v %q", r, lines)
	}
	w, err = e.startWorkload("sleep 60 & wait")
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if r := w.stop(); r.ExitCode != 0 || time.Since(begin) > 3*time.Second {
		t.Fatalf("%+v after %s", r, time.Since(begin))
	}
}

func TestNearestName(t *testing.T) {
	for in, want := range map[string]string{"opnat": "openat", "unsahre": "unshare", "zzzzzzzz": "", strings.Repeat("a", 1000): ""} {
		if got := nearest(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestMeasurementsAreKeptByHash(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	n := profiles.RuntimeNeeds{
		Runtime: "runc", Version: "1.1.5", Hash: strings.Repeat("ab", 32), Syscalls: []string{"close", "execve"}, Measured: true, Source: "x",
	}
	if err := writeNeeds(n); err != nil {
		t.Fatal(err)
	}
	if got, ok := readNeeds(n); !ok || !slices.Equal(got.Syscalls, n.Syscalls) {
		t.Fatalf("%+v %v", got, ok)
	}
	other := n
	other.Hash = strings.Repeat("ab", 8) + strings.Repeat("cd", 24)
	if _, ok := readNeeds(other); ok {
		t.Fatal("found by a part of the hash")
	}
	e := &Engine{}
	if _, ok := e.cachedNeeds("runc 1.1.5", false); !ok {
		t.Fatal("not found by name")
	}
	if _, ok := e.cachedNeeds("runc 1.1.5", true); ok {
		t.Fatal("found for the other setting")
	}
	dir, _ := os.UserCacheDir()
	if err := os.WriteFile(filepath.Join(dir, needsName(n)), []byte(`{"schema":"batten/runtime-needs/v1","hash":"`+n.Hash+`","syscalls":["$(rm)"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok := readNeeds(n); ok {
		t.Fatal("a damaged measurement was taken")
	}
}

func TestEngineRefusesFoldersOutsideTheProject(t *testing.T) {
	for _, folder := range []string{"..", "../x", "/tmp/x", "a/../../b", "."} {
		_, err := New(Options{Dir: t.TempDir(), Folder: folder})
		if fault.KindOf(err) != fault.Usage || err == nil {
			t.Errorf("%s: %v", folder, err)
		}
	}
}

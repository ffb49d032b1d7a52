package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"batten/internal/launch"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
	"batten/profiles"
	"batten/project"
)

// The test's own program starts the commands that it traces.
func init() { launch.Hook() }

// caller is a service that does one of each thing that can be seen from outside.
const caller = `use IO::Socket::INET;
my $held = "x" x 50_000_000;
open(my $f, ">", "/var/tmp/made") or die; print $f "x"; close $f;
mkdir "/var/tmp/folder"; open($f, ">", "/tmp/elsewhere"); close $f;
my $l = IO::Socket::INET->new(LocalPort => 8080, Listen => 5) or die;
for (my $i = 0; ; $i++) {
  my $c = IO::Socket::INET->new(PeerAddr => "db", PeerPort => 6379);
  if ($c) { print $c "PING\r\n"; my $answer = <$c>; close $c; }
  select(undef, undef, undef, 0.3);
}`

func profileOf(t *testing.T, dir, service string) profiles.Profile {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "hardened/recordings", service+".json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := profiles.DecodeProfile(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A project is traced as a user does it, and what cannot be seen in system calls
// alone is in the recordings.
func TestATraceMeasuresServicesFromOutside(t *testing.T) {
	require.EBPF(t)
	require.Docker(t)
	require.Tool(t, "docker", "docker-compose")
	image, dir := images.Services(t), t.TempDir()
	web, err := json.Marshal([]string{"perl", "-e", caller})
	if err != nil {
		t.Fatal(err)
	}
	file := fmt.Sprintf(`version: "3.8"
services:
  db:
    image: %[1]s
    command: ["redis-server", "--save", "", "--protected-mode", "no"]
  web:
    image: %[1]s
    command: %[2]s
    user: "33:33"
    tmpfs: [/tmp]
    depends_on: [db]
`, image, jsonInYAML(web))
	if err := os.WriteFile(filepath.Join(dir, "compose.yml"), []byte(file), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".env"), fmt.Appendf(nil, "COMPOSE_PROJECT_NAME=battenobserve%d\n", os.Getpid()), 0o644); err != nil {
		t.Fatal(err)
	}
	e, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if _, err := e.Trace(ctx, TraceRequest{For: 6 * time.Second}); err != nil {
		t.Fatal(err)
	}
	p := profileOf(t, dir, "web")
	t.Logf("web: %+v\n%+v\n%+v\n%+v", p.Resources, p.Files, p.Sockets, p.Identities)
	if r := p.Resources; r == nil || r.MemoryBytes < 50e6 || r.MemoryBytes > 150e6 || r.Processes < 1 || r.Processes > 50 || r.OpenFiles < 4 || r.MilliCPU == 0 {
		t.Errorf("amounts: %+v", r)
	}
	for path, folder := range map[string]bool{"/var/tmp/made": false, "/var/tmp/folder": true} {
		if !slices.ContainsFunc(p.Files, func(f profiles.File) bool {
			return f.Path == path && f.Folder == folder && slices.Contains(f.Access, profiles.AccessCreate) && f.Mount == profiles.MountRoot
		}) {
			t.Errorf("%s is not among %+v", path, p.Files)
		}
	}
	on := map[profiles.MountKind][]string{}
	for _, f := range p.Changed() {
		on[f.Mount] = append(on[f.Mount], f.Path)
	}
	if d := cmp.Diff(map[profiles.MountKind][]string{
		profiles.MountRoot: {"/var/tmp/folder", "/var/tmp/made"}, profiles.MountTmpfs: {"/tmp/elsewhere"}, profiles.MountDevice: {"/dev/null"},
	}, on); d != "" {
		t.Error("what was changed, by what it lies on: ", d)
	}
	sockets := []string{}
	for _, s := range p.Sockets {
		sockets = append(sockets, s.String())
	}
	if !slices.Equal(sockets, []string{"listen tcp 0.0.0.0:8080", "connect tcp db:6379", "connect udp 127.0.0.11:53"}) {
		t.Errorf("sockets: %q", sockets)
	}
	if len(p.Identities) != 1 || p.Identities[0].UID != 33 || p.Identities[0].GID != 33 || p.Identities[0].Program != "/usr/bin/perl" {
		t.Errorf("users: %+v", p.Identities)
	}
	db := profileOf(t, dir, "db")
	t.Logf("db: %+v\n%+v\n%+v\n%+v", db.Resources, db.Files, db.Sockets, db.Identities)
	if !slices.ContainsFunc(db.Sockets, func(s profiles.Socket) bool { return s.Use == profiles.SocketListen && s.Port == 6379 }) {
		t.Errorf("sockets of the database: %+v", db.Sockets)
	}
}

// jsonInYAML makes JSON text fit for a compose file, where "$" begins a variable.
func jsonInYAML(data []byte) string {
	out := []byte{}
	for _, b := range data {
		if out = append(out, b); b == '$' {
			out = append(out, '$')
		}
	}
	return string(out)
}

func TestACommandIsMeasuredToo(t *testing.T) {
	require.EBPF(t)
	dir := t.TempDir()
	e, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	script := `my $held = "x" x 30_000_000; my $end = time + 2; 1 while time < $end;`
	if _, err := e.Trace(t.Context(), TraceRequest{Command: []string{"perl", "-e", script}, Name: "busy"}); err != nil {
		t.Fatal(err)
	}
	p := profileOf(t, dir, "busy")
	if r := p.Resources; r == nil || r.MemoryBytes < 30e6 || r.MilliCPU < 100 {
		t.Errorf("amounts: %+v", r)
	}
	if len(p.Identities) != 1 || p.Identities[0].UID != os.Geteuid() {
		t.Errorf("users: %+v", p.Identities)
	}
}

func TestImagesAndHostAreJoinedWhereAnEngineAnswers(t *testing.T) {
	require.Docker(t)
	image, dir := images.Services(t), t.TempDir()
	t.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "cache"))
	file := "services:\n  a:\n    image: " + image + "\n  b:\n    image: batten-test/none:none\n  c:\n    build: .\n  d:\n    image: ../containers/x\n"
	if err := os.WriteFile(filepath.Join(dir, "compose.yml"), []byte(file), 0o644); err != nil {
		t.Fatal(err)
	}
	e, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	load := func() *project.Project {
		p, err := project.Load(t.Context(), dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	var looks []*project.ImageFiles
	for range 2 { // the second one out of the cache
		p := load()
		if asked, err := e.joinEngine(t.Context(), p); !asked || err != nil {
			t.Fatal(asked, err)
		}
		for _, s := range p.Services {
			if (s.Facts != nil) != (s.Name == "a") {
				t.Errorf("%s: %+v", s.Name, s.Facts)
			}
		}
		a, _ := p.Service("a")
		if a.Facts.ID == "" || a.Facts.Ref != image || a.Facts.Files == nil {
			t.Fatalf("%+v", a.Facts)
		}
		looks = append(looks, a.Facts.Files)
		if !p.Host.Known || p.Host.Engine == "" || len(p.Host.Subnets) == 0 {
			t.Errorf("%+v", p.Host)
		}
	}
	if d := cmp.Diff(looks[0], looks[1]); d != "" {
		t.Error("out of the cache: ", d)
	}
	if su, _ := looks[1].Program("su"); su != "/usr/bin/su" {
		t.Errorf("su is at %q", su)
	}
	p := load()
	if asked, err := e.joinImages(t.Context(), p, false); !asked || err != nil || p.Services[0].Facts.Files != nil {
		t.Errorf("looked into without being asked: %v %v", asked, err)
	}

	t.Setenv("DOCKER_HOST", "unix://"+filepath.Join(dir, "none.sock"))
	p = load()
	if asked, err := e.joinImages(t.Context(), p, true); asked || err != nil || p.Services[0].Facts != nil {
		t.Errorf("without an engine: %v %v", asked, err)
	}
	if asked, err := e.joinHost(t.Context(), p); asked || err != nil || p.Host.Known {
		t.Errorf("without an engine: %v %v %+v", asked, err, p.Host)
	}
}

func TestADigestIsThatOfTheReferencesOwnRepository(t *testing.T) {
	digests := []string{"mirror.example/postgres@sha256:b", "postgres@sha256:c", "alike/postgres@sha256:a"}
	for ref, want := range map[string]string{"postgres:16": "postgres@sha256:c", "docker.io/library/postgres": "postgres@sha256:c", "other": "alike/postgres@sha256:a"} {
		if got := digestOf(ref, digests); got != want {
			t.Errorf("%s: %s", ref, got)
		}
	}
	if got := digestOf("x", nil); got != "" {
		t.Errorf("of a built image: %s", got)
	}
}

func TestABuiltImageIsCalledByItsService(t *testing.T) {
	p := &project.Project{Name: "shop"}
	for _, c := range []struct {
		service project.Service
		want    []string
	}{
		{project.Service{Name: "web", Image: "nginx", Build: true}, []string{"nginx"}},
		{project.Service{Name: "web", Build: true}, []string{"shop-web", "shop_web"}},
		{project.Service{Name: "web"}, nil},
	} {
		if d := cmp.Diff(c.want, imageNames(p, c.service)); d != "" {
			t.Error(d)
		}
	}
}

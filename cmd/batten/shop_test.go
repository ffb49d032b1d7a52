package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"batten/internal/docker"
	"batten/internal/testenv/images"
	"batten/internal/testenv/require"
	"batten/profiles"
)

// The passwords that the shop's compose file holds.
var shopPasswords = []string{"correct-horse-battery", "tr0ub4dor-and-3"}

var shopServices = []string{"app", "cache", "db", "web"}

// shop is the careless project in a folder of its own, under a name of its own.
type shop struct {
	t      *testing.T
	engine *docker.Engine
	dir    string
	name   string
}

// newShop copies the project, with further files, and builds its images.
func newShop(t *testing.T, name string) *shop {
	t.Helper()
	require.EBPF(t)
	engine := require.Docker(t)
	images.Services(t)
	require.Tool(t, "docker", "docker-compose")
	s := &shop{t: t, engine: engine, dir: t.TempDir(), name: fmt.Sprintf("batten%s%d", name, os.Getpid())}
	if err := os.CopyFS(s.dir, os.DirFS("../../testdata/projects/shop")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(s.dir, "workload.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.write(".env", "COMPOSE_PROJECT_NAME="+s.name+"\n")
	s.run("docker-compose", "build", "--quiet")
	t.Cleanup(func() {
		for _, file := range []string{"compose.hardened.yml", "compose.yaml"} {
			cmd := exec.Command("docker-compose", "-f", file, "down", "--volumes", "--timeout", "5")
			cmd.Dir = s.dir
			_ = cmd.Run()
		}
	})
	return s
}

func (s *shop) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) read(name string) string {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

// run runs a program in the project's folder.
func (s *shop) run(name string, args ...string) string {
	s.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("%s %v: %v\n%s\n%s", name, args, err, out, s.logs())
	}
	return string(out)
}

// logs is what the services said last, for the message of a failed test.
func (s *shop) logs() string {
	list, err := s.engine.ListProject(s.t.Context(), s.name, true)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, one := range list {
		said, _ := s.engine.Logs(s.t.Context(), one.ID)
		if len(said) > 1500 {
			said = said[len(said)-1500:]
		}
		fmt.Fprintf(&b, "--- %s (%s)\n%s\n", one.Name, one.State, said)
	}
	return b.String()
}

// container is the running container of a service.
func (s *shop) container(service string) docker.Container {
	s.t.Helper()
	list, err := s.engine.ListProject(s.t.Context(), s.name, true)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, one := range list {
		if one.Service == service {
			found, err := s.engine.Inspect(s.t.Context(), one.ID)
			if err != nil {
				s.t.Fatal(err)
			}
			return found
		}
	}
	s.t.Fatalf("no container of %s\n%s", service, s.logs())
	return docker.Container{}
}

// healthy waits until every service says that it is.
func (s *shop) healthy() {
	s.t.Helper()
	deadline := time.Now().Add(90 * time.Second)
	for {
		var ill []string
		for _, service := range shopServices {
			if c := s.container(service); c.State != "running" || c.Health != "healthy" {
				ill = append(ill, service+" is "+c.State+" and "+c.Health)
			}
		}
		if len(ill) == 0 {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("%v\n%s", ill, s.logs())
		}
		time.Sleep(250 * time.Millisecond)
	}
}

// inside runs a shell command in the namespaces of a service's first process, as
// root of the host: what it cannot do is for want of a network or a file system.
func (s *shop) inside(service, command string) (string, error) {
	pid := strconv.Itoa(s.container(service).PID)
	out, err := exec.Command("timeout", "3", "nsenter", "--target", pid, "--mount", "--net", "--pid",
		"bash", "-c", command).CombinedOutput()
	return string(out), err
}

func (s *shop) reaches(service, host string, port int) bool {
	out, err := s.inside(service, fmt.Sprintf("exec 3<>/dev/tcp/%s/%d", host, port))
	if err != nil && !strings.Contains(out, host) && !strings.Contains(err.Error(), "exit status 124") {
		s.t.Fatalf("connecting from %s to %s: %v %s", service, host, err, out)
	}
	return err == nil
}

// The whole line as a user goes it: trace, harden, start what came out with the
// classic compose program, and nothing else by hand.
func TestACarelessProjectIsHardenedAndStillServes(t *testing.T) {
	s := newShop(t, "shop")
	batten(t, s.dir, 0, "trace", "--workload", "./workload.sh")
	batten(t, s.dir, 0, "harden", "--write")
	s.servesHardened(t)
	t.Run("who reaches whom", s.checkNetwork)
	t.Run("passwords", s.checkPasswords)
	t.Run("again", s.checkAgain)
	t.Run("in place", s.checkInPlace)
	t.Run("swarm", s.checkSwarm)
}

// servesHardened starts what was written and holds each service against it.
func (s *shop) servesHardened(t *testing.T) {
	t.Helper()
	s.run("docker-compose", "-f", "compose.hardened.yml", "up", "--detach")
	s.healthy()
	s.run("./workload.sh")
	hardened := parseHardened(t, s.read("compose.hardened.yml"))
	for _, name := range shopServices {
		t.Run(name, func(t *testing.T) { s.checkConfined(t, name, hardened[name]) })
	}
}

// checkInPlace edits the user's own file, in a copy of the folder, and does so again,
// which changes nothing: neither the file nor the profiles, which allow what the shell
// before a program needs.
func (s *shop) checkInPlace(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	place := &shop{t: t, engine: s.engine, dir: dir, name: s.name}
	place.write("compose.yaml", original(t))
	batten(t, dir, 0, "harden", "--in-place", "--write")
	files := []string{"compose.yaml", "hardened/seccomp/app.json", "hardened/seccomp/cache.json", "hardened/seccomp/db.json"}
	before := map[string]string{}
	for _, name := range files {
		before[name] = place.read(name)
	}
	if !strings.Contains(before["compose.yaml"], "read_only: true") {
		t.Errorf("the file was not edited:\n%s", before["compose.yaml"])
	}
	if out := batten(t, dir, 0, "harden", "--in-place", "--write"); !strings.Contains(out, "nothing to write") {
		t.Errorf("a second time:\n%s", out)
	}
	for _, name := range files {
		if place.read(name) != before[name] {
			t.Errorf("%s changes a second time", name)
		}
	}
}

type hardenedService struct {
	CapAdd   []string `yaml:"cap_add"`
	CapDrop  []string `yaml:"cap_drop"`
	ReadOnly bool     `yaml:"read_only"`
}

func parseHardened(t *testing.T, text string) map[string]hardenedService {
	var file struct {
		Version  string                     `yaml:"version"`
		Services map[string]hardenedService `yaml:"services"`
	}
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	if file.Version != "3.8" || len(file.Services) != len(shopServices) {
		t.Fatalf("version %q, %d services", file.Version, len(file.Services))
	}
	return file.Services
}

// checkConfined reads from the kernel what a service's first process may do.
func (s *shop) checkConfined(t *testing.T, service string, want hardenedService) {
	if !slices.Equal(want.CapDrop, []string{"ALL"}) || !want.ReadOnly {
		t.Errorf("the file says cap_drop %v, read_only %v", want.CapDrop, want.ReadOnly)
	}
	status := s.status(t, service)
	if got := capabilityNames(t, status["CapBnd"]); !slices.Equal(got, want.CapAdd) {
		t.Errorf("it may gain %v, the file lists %v", got, want.CapAdd)
	}
	if status["NoNewPrivs"] != "1" || status["Seccomp"] != "2" {
		t.Errorf("no_new_privs %s, seccomp mode %s", status["NoNewPrivs"], status["Seccomp"])
	}
	if out, err := s.inside(service, "echo x > /usr/bin/intruder"); err == nil || !strings.Contains(out, "Read-only file system") {
		t.Errorf("writing to the root file system: %v %s", err, out)
	}
}

func (s *shop) status(t *testing.T, service string) map[string]string {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", s.container(service).PID))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), ":")
		out[key] = strings.TrimSpace(value)
	}
	return out
}

func capabilityNames(t *testing.T, mask string) []string {
	bits, err := strconv.ParseUint(mask, 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for n := range 64 {
		if bits&(1<<n) != 0 {
			out = append(out, strings.TrimPrefix(profiles.CapabilityName(n), "CAP_"))
		}
	}
	slices.Sort(out)
	return out
}

func (s *shop) checkNetwork(t *testing.T) {
	for _, c := range []struct {
		from, to string
		port     int
		want     bool
	}{
		{"web", "app", 8000, true}, {"app", "db", 5432, true}, {"app", "cache", 6379, true},
		{"web", "db", 5432, false}, {"web", "cache", 6379, false}, {"cache", "db", 5432, false}, {"db", "cache", 6379, false},
	} {
		if got := s.reaches(c.from, c.to, c.port); got != c.want {
			t.Errorf("%s reaches %s by name: %v", c.from, c.to, got)
		}
		if c.want {
			continue
		}
		for _, network := range s.container(c.to).Networks {
			if s.reaches(c.from, network.Address, c.port) {
				t.Errorf("%s reaches %s at %s", c.from, c.to, network.Address)
			}
		}
	}
	outside(t)
	for service, want := range map[string]bool{"web": true, "db": false, "cache": false} {
		if got := s.reaches(service, outsideAddress, outsidePort); got != want {
			t.Errorf("%s reaches the outside: %v", service, got)
		}
	}
	published := s.run("docker-compose", "-f", "compose.hardened.yml", "port", "web", "80")
	if !strings.HasPrefix(published, "127.0.0.1:") {
		t.Errorf("web is published on %s", published)
	}
}

// checkPasswords looks for the passwords in everything that is committed or that the
// engine tells, and finds them in the secrets' files alone.
func (s *shop) checkPasswords(t *testing.T) {
	hides := func(where, text string) {
		for _, password := range shopPasswords {
			if strings.Contains(text, password) {
				t.Errorf("%s holds a password", where)
			}
		}
	}
	for _, service := range shopServices {
		hides("docker inspect of "+service, s.run("docker", "inspect", s.container(service).ID))
	}
	found := 0
	err := filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		name, _ := filepath.Rel(s.dir, path)
		if err != nil || d.IsDir() || name == "compose.yaml" {
			return err
		}
		if strings.HasPrefix(name, "hardened/secrets/") {
			if text := s.read(name); slices.Contains(shopPasswords, strings.TrimSpace(text)) {
				found++
			}
			return nil
		}
		hides(name, s.read(name))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found != len(shopPasswords) {
		t.Errorf("%d of %d passwords are in files", found, len(shopPasswords))
	}
	info, err := os.Stat(filepath.Join(s.dir, "hardened/secrets"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the secrets' folder: %v, %v", info.Mode(), err)
	}
}

// checkAgain hardens a second time, which changes nothing, and checks.
func (s *shop) checkAgain(t *testing.T) {
	var again struct {
		Files []struct{ Path, State string }
	}
	if err := json.Unmarshal([]byte(batten(t, s.dir, 0, "harden", "-o", "json")), &again); err != nil {
		t.Fatal(err)
	}
	if len(again.Files) == 0 {
		t.Fatal("no files")
	}
	for _, f := range again.Files {
		if f.State != "same" {
			t.Errorf("%s would be %s", f.Path, f.State)
		}
	}
	batten(t, s.dir, 0, "check", "--fail-on", "none")
	s.write("compose.yaml", s.read("compose.yaml")+"# changed\n")
	if out := batten(t, s.dir, 1, "check", "--fail-on", "none"); !strings.Contains(out, "compose.yaml has changed") {
		t.Errorf("drift is not named: %s", out)
	}
}

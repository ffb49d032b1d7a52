package project

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func write(t *testing.T, dir string, files map[string]string) string {
	t.Helper()
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestServicesAreReadAsComposeReadsThem(t *testing.T) {
	dir := write(t, t.TempDir(), map[string]string{
		"docker-compose.yml": `
version: "3.7"
services:
  web:
    image: "nginx:${TAG:-1.25}"
    depends_on: [db]
    security_opt: ["no-new-privileges:true", "seccomp:own.json"]
    healthcheck: {test: curl -f localhost}
  db:
    build: .
    user: "70"
    cap_drop: [ALL]
    security_opt: [seccomp=unconfined]
    healthcheck: {test: [CMD, pg_isready, -q]}
`,
		".env": "TAG=1.27\nCOMPOSE_PROJECT_NAME=shop\n",
	})
	p, err := Load(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Service{
		{Name: "db", Build: true, User: "70", CapDrop: []string{"ALL"}, SecurityOpt: []string{"seccomp=unconfined"},
			Seccomp: "unconfined", HealthCheck: []string{"pg_isready", "-q"}},
		{Name: "web", Image: "nginx:1.27", SecurityOpt: []string{"no-new-privileges:true", "seccomp:own.json"},
			NoNewPrivileges: true, Seccomp: filepath.Join(dir, "own.json"),
			HealthCheck: []string{"/bin/sh", "-c", "curl -f localhost"}, DependsOn: []string{"db"}},
	}
	for _, s := range p.Services {
		if s.Config == nil || s.Config.Name != s.Name || p.Model.Services[s.Name].Name != s.Name {
			t.Errorf("%s has not all of its settings: %v", s.Name, s.Config)
		}
	}
	ignore := cmp.Options{cmpopts.IgnoreFields(Service{}, "Config"), cmpopts.EquateEmpty()}
	if d := cmp.Diff(want, p.Services, ignore); d != "" {
		t.Error(d)
	}
	if p.Name != "shop" || p.Dir != dir || p.Version != "3.7" || !slices.Equal(p.Files, []string{filepath.Join(dir, "docker-compose.yml")}) {
		t.Errorf("name %q, folder %q, version %q, files %q", p.Name, p.Dir, p.Version, p.Files)
	}
	if len(p.Sources) != 1 || p.Sources[0].Name != "docker-compose.yml" || p.Sources[0].Role != RoleMain {
		t.Errorf("sources %+v", p.Sources)
	}
}

func TestSecretsOfTheEnvironmentStayOut(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
	t.Setenv("TAG", "7")
	dir := write(t, t.TempDir(), map[string]string{
		"compose.yaml": "services: {a: {image: 'x:$TAG-$AWS_SECRET_ACCESS_KEY', env_file: missing.env}}",
	})
	p, err := Load(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Services[0].Image; got != "x:7-redacted" {
		t.Fatalf("image %q", got)
	}
}

func TestWhatCannotBeLoadedSaysWhy(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		ask   []string
		want  error
	}{
		"nothing there":    {nil, nil, ErrNoCompose},
		"missing file":     {nil, []string{"x.yml"}, ErrNoCompose},
		"not yaml":         {map[string]string{"compose.yaml": "a: [b"}, nil, ErrBadCompose},
		"remote include":   {map[string]string{"compose.yaml": "include: ['https://example.com/x.git']\nservices: {a: {image: b}}"}, nil, ErrBadCompose},
		"oci include":      {map[string]string{"compose.yaml": "include: ['oci://example.com/x']\nservices: {a: {image: b}}"}, nil, ErrBadCompose},
		"name like a flag": {map[string]string{"compose.yaml": "services: {--volumes: {image: b}}"}, nil, ErrBadCompose},
		"no such shape":    {map[string]string{"compose.yaml": "services: [1]"}, nil, ErrBadCompose},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(t.Context(), write(t, t.TempDir(), c.files), c.ask)
			if !errors.Is(err, c.want) {
				t.Fatalf("error %v, want %v", err, c.want)
			}
		})
	}
}

func TestARemoteIncludeIsNamed(t *testing.T) {
	for _, address := range []string{"https://example.com/stack.git", "oci://example.com/x"} {
		_, err := Load(t.Context(), write(t, t.TempDir(), map[string]string{
			"compose.yaml": "include: ['" + address + "']\nservices: {a: {image: b}}",
		}), nil)
		if !errors.Is(err, ErrRemote) || !strings.HasSuffix(err.Error(), "remote includes are not followed: "+address) {
			t.Error(err)
		}
	}
}

func TestAMissingFileIsNamedAsItWasAskedFor(t *testing.T) {
	_, err := Load(t.Context(), t.TempDir(), []string{"deploy/x.yml"})
	if !errors.Is(err, ErrNoCompose) || !strings.HasSuffix(err.Error(), "no compose file: deploy/x.yml: no such file or directory") {
		t.Error(err)
	}
}

func TestTargets(t *testing.T) {
	dir := write(t, t.TempDir(), map[string]string{"stack.yml": ""})
	t.Chdir(dir)
	for text, want := range map[string]Target{
		"web":                    {Kind: TargetService, Text: "web"},
		"stack.yml":              {Kind: TargetFile, Text: "stack.yml"},
		"./stack.yml":            {Kind: TargetFile, Text: "./stack.yml"},
		".":                      {Kind: TargetFolder, Text: "."},
		"container:shop-web_1":   {Kind: TargetContainer, Text: "shop-web_1"},
		"pid:123":                {Kind: TargetPID, PID: 123},
		strings.Repeat("a", 255): {Kind: TargetService, Text: strings.Repeat("a", 255)},
	} {
		if got, err := ParseTarget(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "pid:", "pid:-1", "pid:0", "pid:99999999999", "container:", "container:a/../b",
		"container:x?force=1", "missing.yml", "/no/where", "we\x1bb", "a b", "container:-x"} {
		if got, err := ParseTarget(text); !errors.Is(err, ErrBadTarget) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

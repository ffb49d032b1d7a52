package profiles

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReferencesAreTakenApartAsAnEngineDoes(t *testing.T) {
	for ref, want := range map[string][3]string{
		"postgres":                              {"docker.io/library/postgres", "latest", ""},
		"postgres:16":                           {"docker.io/library/postgres", "16", ""},
		"docker.io/postgres:16":                 {"docker.io/library/postgres", "16", ""},
		"index.docker.io/library/postgres":      {"docker.io/library/postgres", "latest", ""},
		"evil/postgres:16":                      {"docker.io/evil/postgres", "16", ""},
		"localhost/postgres":                    {"localhost/postgres", "latest", ""},
		"localhost:5000/postgres":               {"localhost:5000/postgres", "latest", ""},
		"ghcr.io/immich-app/postgres:14":        {"ghcr.io/immich-app/postgres", "14", ""},
		"postgres:16@sha256:ab":                 {"docker.io/library/postgres", "16", "sha256:ab"},
		"postgres@sha256:ab":                    {"docker.io/library/postgres", "", "sha256:ab"},
		"":                                      {"docker.io/library/", "latest", ""},
		"example.org/library/postgres:\x1b[31m": {"example.org/library/postgres", "\x1b[31m", ""},
	} {
		repo, tag, digest := SplitImage(ref)
		if d := cmp.Diff(want, [3]string{repo, tag, digest}); d != "" {
			t.Errorf("%q: %s", ref, d)
		}
	}
}

func TestOnlyTheWholeRepositoryNameGivesFacts(t *testing.T) {
	for ref, want := range map[string]bool{
		"postgres:16": true, "docker.io/library/postgres": true, "ghcr.io/immich-app/postgres": true,
		"evil/postgres:16": false, "example.org/library/postgres:16": false, "postgres/postgres": false,
		"docker.io/library/postgres2": false, "Postgres": false, "": false,
	} {
		if _, ok := ImageFactsFor(ref); ok != want {
			t.Errorf("%q: %v", ref, ok)
		}
	}
}

func TestFactsAreTestedForTheTaggedImageAlone(t *testing.T) {
	pg, _ := ImageFactsFor("postgres:16")
	for ref, want := range map[string]bool{
		"postgres:16": true, "postgres@" + pg.Digest: true, "postgres:17@" + pg.Digest: true,
		"postgres": false, "postgres:17": false, "postgres:16-alpine": false, "postgres:16@sha256:0": false,
		"ghost:6": false, // nobody tested it as a whole
	} {
		f, ok := ImageFactsFor(ref)
		if !ok || f.Tested != want {
			t.Errorf("%s: %v, tested %v, want %v", ref, ok, f.Tested, want)
		}
	}
}

func TestAnAlpineVariantHasItsOwnUsers(t *testing.T) {
	for ref, want := range map[string]int{"postgres:16": 999, "postgres:17": 999, "postgres:16-alpine": 70, "mysql:8-alpine": -1} {
		f, _ := ImageFactsFor(ref)
		got := -1
		if f.UID != nil {
			got = *f.UID
		}
		if got != want {
			t.Errorf("%s: uid %d, want %d", ref, got, want)
		}
	}
	if f, _ := ImageFactsFor("postgres:16"); *f.UID != 999 {
		t.Error("looking a variant up changed the table")
	}
}

func TestEmbeddedFactsAreWhole(t *testing.T) {
	var file struct{ Licence, Schema string }
	if err := json.Unmarshal(imageFactsJSON, &file); err != nil || file.Licence == "" || file.Schema != "batten.image-facts/v1" {
		t.Errorf("licence %q, schema %q, %v", file.Licence, file.Schema, err)
	}
	if n := len(imageFacts()); n != 38 {
		t.Errorf("%d images, want 38", n)
	}
	for name, f := range imageFacts() {
		if repo, _, _ := SplitImage(name); repo != name {
			t.Errorf("%s is no whole name: %s", name, repo)
		}
		for _, c := range slices.Concat(f.CapAdd, f.CapAddOnlyIfPortStart1024) {
			if _, ok := CapabilityNumber("CAP_" + c); !ok {
				t.Errorf("%s: unknown capability %s", name, c)
			}
		}
		for _, c := range f.CapAddOnlyIfPortStart1024 {
			if !slices.Contains(f.CapAdd, c) {
				t.Errorf("%s: %s is not in the list that it is a part of", name, c)
			}
		}
		for _, p := range slices.Concat(f.Tmpfs, f.Volumes) {
			if p = strings.TrimSuffix(p, ":exec"); !path.IsAbs(p) || path.Clean(p) != p {
				t.Errorf("%s: %s is no path", name, p)
			}
		}
		if f.Source == "" {
			t.Errorf("%s: no source", name)
		}
	}
}

func TestProbesAreForImagesByTheirWholeName(t *testing.T) {
	for name, probes := range healthProbes {
		if repo, _, _ := SplitImage(name); repo != name {
			t.Errorf("%s is no whole name: %s", name, repo)
		}
		for _, p := range probes {
			if p.Program() == "" || strings.ContainsAny(strings.Join(p.Command, " "), "$`|;&\"\n") {
				t.Errorf("%s: %q needs a shell", name, p.Command)
			}
		}
	}
	if len(HealthCheckFor("docker.io/library/postgres")) == 0 || HealthCheckFor("docker.io/evil/postgres") != nil {
		t.Error("wrong probes")
	}
}

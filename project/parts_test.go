package project

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// inParts reads a project whole and in parts, and compares.
func inParts(t *testing.T, path string, parts int) {
	t.Helper()
	l, err := locate(filepath.Dir(path), []string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	sources, err := l.gather(t.Context(), l.main, l.env)
	if err != nil {
		t.Fatal(err)
	}
	model := func(parts int) *Model {
		m, err := l.modelIn(t.Context(), sources, nil, parts)
		if err != nil {
			t.Fatalf("%s in %d parts: %v", path, parts, err)
		}
		return m
	}
	if d := EqualModels(model(1), model(parts)); d != "" {
		t.Errorf("%s in %d parts: %s", path, parts, d)
	}
}

func TestReadingInPartsGivesTheSameModel(t *testing.T) {
	dir := corpus(t)
	read := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".yml", ".yaml"}, filepath.Ext(path)) {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var top struct{ Services map[string]yaml.Node }
		if err := yaml.Unmarshal(data, &top); err != nil {
			return err
		}
		if len(top.Services) > 1 {
			read++
			inParts(t, path, 2)
			inParts(t, path, len(top.Services))
		}
		return nil
	})
	if err != nil || read != 51 {
		t.Errorf("%d files, %v", read, err)
	}
}

func TestPartsShareAnchorsNetworksAndDependencies(t *testing.T) {
	var b strings.Builder
	b.WriteString("x-env: &env {A: '1', B: '${NOT_SET_HERE:-b}'}\nx-base: &base\n  restart: always\n  environment: *env\n  healthcheck: {test: [CMD, x], interval: 5s}\nservices:\n  s0: {image: i}\n")
	for i := 1; i < 3*partSize; i++ {
		fmt.Fprintf(&b, "  s%d:\n    <<: *base\n    image: i\n    links: [s%d]\n    ulimits: {nofile: 5}\n    volumes: ['./d%d:/d', 'v:/v']\n", i, i/2, i)
		if i%2 == 0 {
			b.WriteString("    networks: [n]\n")
		}
	}
	b.WriteString("networks: {n: {internal: true}}\nvolumes: {v: {}}\n")
	path := filepath.Join(write(t, t.TempDir(), map[string]string{"compose.yaml": b.String()}), "compose.yaml")
	inParts(t, path, 3)
	inParts(t, path, 7)
}

func TestWhatIsWrongInALaterPartHasItsPlace(t *testing.T) {
	text := strings.Replace(large(4*partSize), "image: nginx:1.199", "image: [nginx]", 1)
	_, err := Load(t.Context(), write(t, t.TempDir(), map[string]string{"compose.yaml": text}), nil)
	if err == nil || !strings.HasSuffix(err.Error(), "compose file not usable: services.svc199.image: must be a string") || !strings.Contains(err.Error(), "compose.yaml:2948:12: ") {
		t.Error(err)
	}
}

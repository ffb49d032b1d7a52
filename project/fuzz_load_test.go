package project

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever a file holds, it is refused in one line or read.
func FuzzParseSource(f *testing.F) {
	for _, s := range []string{"services: {a: {image: b}}", "a: &a [*a]", "a:\r\n  - b", "\ufeffa: b", "a: 1\n---\nb: 2", "? [a]\n: b", "<<: {a: b}", bomb("[%s]")} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		root, err := ParseSource(data)
		if err != nil {
			if !errors.Is(err, ErrBadCompose) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("error %q", err)
			}
			return
		}
		s := &Source{Root: root}
		_, _ = s.weigh()
	})
}

// Whatever a compose file holds, it is refused in one line that is safe to show,
// or each of its services has a place in it.
func FuzzLoad(f *testing.F) {
	for _, s := range []string{
		large(2), "include: [compose.yaml]\nservices: {a: {image: b}}", "services: {a: {extends: {service: a}}}", bomb("{<<: [%s]}"),
		"services:\n  a:\n    image: ${A:-${B}}\n    ports: ['1-100']\n", "x: &x {image: i}\nservices: {a: {<<: *x, environment: [A=b, C]}}",
		"services: {a: {image: b, healthcheck: {test: [x]}}}", "services: {a: {build: ., depends_on: {a: {condition: x}}}}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := Load(t.Context(), dir, nil)
		if err != nil {
			if !errors.Is(err, ErrBadCompose) || strings.ContainsAny(err.Error(), "\n\x1b\x07") {
				t.Fatalf("error %q", err)
			}
			return
		}
		for _, s := range p.Services {
			for _, path := range []Path{{"services", s.Name}, {"services", s.Name, "image"}, {"services", s.Name, "ports", "0"}} {
				for _, w := range p.LookupAll(path...) {
					checkPlace(t, data, w)
				}
			}
			for _, w := range p.Entries("services", s.Name, "environment") {
				checkPlace(t, data, w)
			}
		}
	})
}

// checkPlace holds when a value's place is in the file. Line breaks are those of
// YAML.
func checkPlace(t *testing.T, data []byte, w Written) {
	t.Helper()
	lines := 1 + strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(string(data)), "\n")
	if w.Line < 1 || w.Line > lines || w.Column < 1 {
		t.Fatalf("%v at %d:%d of %d lines", w.Path, w.Line, w.Column, lines)
	}
}

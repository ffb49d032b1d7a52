// Package images gives tests the programs and container images that they trace:
// small static programs, each alone in an image, and one image with real
// services. The sources are in testdata/images.
//
// Invariant: nothing is pulled from a registry. What is made is kept under a name
// that carries the hash of what it was made from, so that a changed source is
// never tested in its old form and an unchanged one is never made twice.
package images

import (
	"os"
	"path/filepath"
	"testing"
)

// folder is testdata/images of the module that the test runs in.
func folder(t testing.TB) string {
	t.Helper()
	at, err := os.Getwd()
	if err != nil {
		t.Fatalf("find module: %v", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return filepath.Join(at, "testdata", "images")
		}
		if at == filepath.Dir(at) {
			t.Fatal("find module: no go.mod above the working folder")
		}
		at = filepath.Dir(at)
	}
}

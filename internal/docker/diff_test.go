package docker

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
)

func TestTheEnginesListTellsFoldersFromFiles(t *testing.T) {
	list := []container.FilesystemChange{
		{Kind: container.ChangeModify, Path: "/etc"}, {Kind: container.ChangeModify, Path: "/etc/passwd"},
		{Kind: container.ChangeDelete, Path: "/etc/issue"}, {Kind: container.ChangeAdd, Path: "/made"},
		{Kind: container.ChangeAdd, Path: "/made/empty"}, {Kind: container.ChangeModify, Path: "/srv"}, {Kind: 9, Path: "/odd"},
	}
	got := changes(list, func(path string) bool { return path == "/made/empty" || path == "/srv" })
	want := []FileChange{
		{"/etc/passwd", FileModified, false}, {"/etc/issue", FileDeleted, false},
		{"/made", FileAdded, true}, {"/made/empty", FileAdded, true},
	}
	if d := gocmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// put makes files below a folder: a name that ends in a slash is a folder.
func put(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if name[len(name)-1] == '/' {
			err = os.MkdirAll(at, 0o755)
		} else {
			err = os.WriteFile(at, nil, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestALayerIsReadWhereTheEngineKeepsIt(t *testing.T) {
	upper, high, low := t.TempDir(), t.TempDir(), t.TempDir()
	put(t, low, "etc/passwd", "srv/", "usr/share/doc/", "var/old")
	put(t, high, "etc/hosts", "var/")
	put(t, upper, "etc/passwd", "etc/hosts", "etc/.wh.issue", "made/new", "made/.wh..wh..opq", "made/empty/", "srv/", "usr/share/doc/", "var/")
	if err := os.Chmod(filepath.Join(upper, "srv"), 0o700); err != nil {
		t.Fatal(err)
	}
	outside := t.TempDir()
	put(t, outside, "secret")
	if err := os.Symlink(outside, filepath.Join(upper, "made/link")); err != nil {
		t.Fatal(err)
	}
	got, err := readUpper(t.Context(), upper, []string{high, low})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(got, func(a, b FileChange) int { return cmp.Compare(a.Path, b.Path) })
	want := []FileChange{
		{"/etc/hosts", FileModified, false}, {"/etc/issue", FileDeleted, false}, {"/etc/passwd", FileModified, false},
		{"/made", FileAdded, true}, {"/made/empty", FileAdded, true}, {"/made/link", FileAdded, false}, {"/made/new", FileAdded, false},
		{"/srv", FileModified, true},
	}
	if d := gocmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, bad := range [][]string{{"relative", low}, {upper, ""}, {filepath.Join(upper, "none"), low}} {
		if _, err := readUpper(t.Context(), bad[0], bad[1:]); err == nil {
			t.Errorf("%q is a layer", bad)
		}
	}
}

package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"batten/internal/testenv/require"
)

func TestCheckFindsWhatWriteWouldFind(t *testing.T) {
	dir, away := t.TempDir(), t.TempDir()
	for _, make := range []func() error{
		func() error { return os.Mkdir(filepath.Join(dir, "made"), 0o755) },
		func() error { return os.WriteFile(filepath.Join(dir, "made/file"), nil, 0o644) },
		func() error { return os.Symlink("file", filepath.Join(dir, "made/link")) },
		func() error { return os.Symlink(away, filepath.Join(dir, "away")) },
		func() error { return os.Symlink("nowhere", filepath.Join(dir, "dangling")) },
	} {
		if err := make(); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for name, want := range map[string]error{
		"made/file": nil, "made/new": nil, "a/b/c": nil,
		"made/link": ErrNotRegular, "made": ErrNotRegular, "dangling/x": ErrNotRegular,
		"away/x": ErrOutside, "away/y/x": ErrOutside,
	} {
		if err := f.Check(name); !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	if err := f.Check("made/file/x"); err == nil {
		t.Error("a file taken for a folder")
	}
	if _, err := os.Stat(filepath.Join(dir, "a")); err == nil {
		t.Error("the check made a folder")
	}
	if _, err := f.Read("away/x", 10); !errors.Is(err, ErrOutside) {
		t.Errorf("read: %v", err)
	}
	if err := f.Write("away/x", nil, Options{}); !errors.Is(err, ErrOutside) {
		t.Errorf("write: %v", err)
	}
	if _, err := f.List("away"); !errors.Is(err, ErrOutside) {
		t.Errorf("list: %v", err)
	}
}

func TestCheckFindsAReadOnlyFolder(t *testing.T) {
	if !require.Unprivileged(t) {
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Check("a/b"); !errors.Is(err, os.ErrPermission) {
		t.Fatal(err)
	}
}

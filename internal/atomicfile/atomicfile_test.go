package atomicfile

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"pgregory.net/rapid"
)

func open(t *testing.T, dir string) *Folder {
	t.Helper()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestWriteMakesFoldersAndReplacesWhole(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	for _, content := range []string{"a long first version", "short"} {
		if err := f.Write("a/b/c.json", []byte(content), Options{}); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(dir, "a/b/c.json"))
		if err != nil || string(got) != content {
			t.Fatalf("%q, %v", got, err)
		}
	}
	info, _ := os.Stat(filepath.Join(dir, "a/b/c.json"))
	if info.Mode().Perm() != 0o644 {
		t.Fatalf("mode %v", info.Mode())
	}
	if names, _ := f.List("a/b"); len(names) != 1 {
		t.Fatalf("left behind: %v", names)
	}
}

func TestSameContentIsNotWrittenAgain(t *testing.T) {
	f := open(t, t.TempDir())
	write := func() fs.FileInfo {
		if err := f.Write("x", []byte("same"), Options{}); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(f.Path("x"))
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	if a, b := write(), write(); !os.SameFile(a, b) {
		t.Fatal("replaced by the same content")
	}
}

func TestLinksOutOfTheFolderAreRefused(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	victim := filepath.Join(outside, "victim")
	if err := os.WriteFile(victim, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	f := open(t, dir)
	os.Symlink(outside, filepath.Join(dir, "sub"))
	os.Symlink(victim, filepath.Join(dir, "direct"))
	os.Symlink("inside-target", filepath.Join(dir, "inside"))
	for _, name := range []string{"sub/victim", "sub/new", "direct", "inside", "../" + filepath.Base(outside) + "/victim", "/etc/passwd"} {
		if err := f.Write(name, []byte("gotcha"), Options{}); err == nil {
			t.Errorf("%s: written", name)
		}
	}
	if _, err := f.Read("sub/victim", 100); err == nil {
		t.Error("read through a link out of the folder")
	}
	if got, _ := os.ReadFile(victim); string(got) != "precious" {
		t.Errorf("victim now holds %q", got)
	}
	if entries, _ := os.ReadDir(outside); len(entries) != 1 {
		t.Errorf("made outside: %v", entries)
	}
}

func TestForeignFilesAreLeftAlone(t *testing.T) {
	f := open(t, t.TempDir())
	if err := os.WriteFile(f.Path("x"), []byte("the user's"), 0o600); err != nil {
		t.Fatal(err)
	}
	ours := func(b []byte) bool { return bytes.HasPrefix(b, []byte("batten")) }
	if err := f.Write("x", []byte("batten 1"), Options{Ours: ours}); !errors.Is(err, ErrForeign) {
		t.Fatalf("error %v", err)
	}
	if got, _ := os.ReadFile(f.Path("x")); string(got) != "the user's" {
		t.Fatalf("now %q", got)
	}
}

func TestReadIsBounded(t *testing.T) {
	f := open(t, t.TempDir())
	if err := f.Write("x", make([]byte, 100), Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read("x", 99); !errors.Is(err, ErrTooLarge) {
		t.Fatalf("error %v", err)
	}
	if b, err := f.Read("x", 100); err != nil || len(b) != 100 {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
	// A named pipe must not hold batten up.
	if err := syscall.Mkfifo(f.Path("pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read("pipe", 10); !errors.Is(err, ErrNotRegular) {
		t.Fatalf("error %v", err)
	}
}

func TestRootKeepsTheOwnerOfTheFolder(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to give files away")
	}
	dir := t.TempDir()
	if err := os.Chown(dir, 1234, 2345); err != nil {
		t.Fatal(err)
	}
	f := open(t, dir)
	if err := f.Write("hardened/x", []byte("y"), Options{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"hardened", "hardened/x"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if st := info.Sys().(*syscall.Stat_t); st.Uid != 1234 || st.Gid != 2345 {
			t.Errorf("%s belongs to %d:%d", name, st.Uid, st.Gid)
		}
	}
}

func TestReadersNeverSeeHalfAFile(t *testing.T) {
	f := open(t, t.TempDir())
	versions := [][]byte{bytes.Repeat([]byte("a"), 1<<16), bytes.Repeat([]byte("b"), 1<<10)}
	if err := f.Write("x", versions[0], Options{}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 100 {
			if err := f.Write("x", versions[i%2], Options{}); err != nil {
				t.Error(err)
			}
		}
	})
	for range 500 {
		got, err := os.ReadFile(f.Path("x"))
		if err != nil || !bytes.Equal(got, versions[0]) && !bytes.Equal(got, versions[1]) {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
	}
	wg.Wait()
}

func TestSweepRemovesOnlyWhatDeadWritersLeft(t *testing.T) {
	f := open(t, t.TempDir())
	for _, name := range []string{".x.json.batten-999999999-AAAA", ".x.json.batten-1-AAAA", "x.json", ".other"} {
		if err := os.WriteFile(f.Path(name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Sweep("."); err != nil {
		t.Fatal(err)
	}
	names, _ := f.List(".")
	if got := strings.Join(names, " "); got != ".other .x.json.batten-1-AAAA x.json" {
		t.Fatalf("left: %s", got)
	}
}

// Whatever the name, nothing appears outside the folder.
func TestNoNameLeadsOut(t *testing.T) {
	outer := t.TempDir()
	inner := filepath.Join(outer, "inner")
	if err := os.Mkdir(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	f := open(t, inner)
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"..", ".", "a", "b", "", "/"}), 1, 6).Draw(t, "parts")
		_ = f.Write(strings.Join(parts, "/"), []byte("x"), Options{})
		if entries, _ := os.ReadDir(outer); len(entries) != 1 {
			t.Fatalf("%v leads out", parts)
		}
	})
}

func TestASecretsFolderAndFileHaveTheModesAskedFor(t *testing.T) {
	dir := t.TempDir()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	uid := os.Getuid()
	if err := f.Write("hardened/secrets/a", []byte("x"), Options{Mode: 0o444, FolderMode: 0o700, UID: &uid}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"hardened": 0o755, "hardened/secrets": 0o700, "hardened/secrets/a": 0o444} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

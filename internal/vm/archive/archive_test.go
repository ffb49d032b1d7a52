package archive

import (
	"archive/tar"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestAFolderComesBackAsItWas(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	err := errors.Join(os.Mkdir(filepath.Join(from, "sub"), 0o710), os.WriteFile(filepath.Join(from, "sub", "a b"), []byte("text"), 0o640),
		os.Chmod(filepath.Join(from, "sub", "a b"), 0o662), os.Symlink("a b", filepath.Join(from, "sub", "link")))
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	if err := Pack(&packed, []Entry{{Name: "top", From: from}, {Name: "top/more", Content: []byte("x"), Mode: 0o755}}); err != nil {
		t.Fatal(err)
	}
	// What was there gives way, also where it is a link to elsewhere.
	outside := filepath.Join(t.TempDir(), "outside")
	if err := errors.Join(os.WriteFile(outside, []byte("kept"), 0o600), os.Mkdir(filepath.Join(to, "top"), 0o755), os.Symlink(outside, filepath.Join(to, "top", "more"))); err != nil {
		t.Fatal(err)
	}
	if err := Unpack(&packed, to); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{"top/sub": fs.ModeDir | 0o710, "top/sub/a b": 0o662, "top/more": 0o755} {
		if info, err := os.Lstat(filepath.Join(to, name)); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(to, "top/sub/link")); err != nil || string(text) != "text" {
		t.Errorf("through the link: %q, %v", text, err)
	}
	if text, _ := os.ReadFile(outside); string(text) != "kept" {
		t.Errorf("outside: %q", text)
	}
}

func TestNothingIsWrittenOutside(t *testing.T) {
	for name, headers := range map[string][]tar.Header{
		"a name that leads out": {{Typeflag: tar.TypeReg, Name: "../out", Mode: 0o600}},
		"a link that leads out": {{Typeflag: tar.TypeSymlink, Name: "l", Linkname: ".."}, {Typeflag: tar.TypeReg, Name: "l/out", Mode: 0o600}},
		"an absolute link":      {{Typeflag: tar.TypeSymlink, Name: "l", Linkname: "/tmp"}, {Typeflag: tar.TypeReg, Name: "l/out-of-batten", Mode: 0o600}},
		"a device":              {{Typeflag: tar.TypeChar, Name: "out"}},
	} {
		t.Run(name, func(t *testing.T) {
			var packed bytes.Buffer
			w := tar.NewWriter(&packed)
			for _, h := range headers {
				if err := w.WriteHeader(&h); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "inner")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := Unpack(&packed, dir); err == nil {
				t.Error("no error")
			}
			for _, out := range []string{filepath.Join(filepath.Dir(dir), "out"), "/tmp/out-of-batten"} {
				if _, err := os.Lstat(out); err == nil {
					t.Errorf("%s was written", out)
				}
			}
		})
	}
}

func TestACutArchiveIsRefused(t *testing.T) {
	var packed bytes.Buffer
	if err := Pack(&packed, []Entry{{Name: "a", Content: bytes.Repeat([]byte("x"), 5000), Mode: 0o600}}); err != nil {
		t.Fatal(err)
	}
	if err := Unpack(bytes.NewReader(packed.Bytes()[:3000]), t.TempDir()); err == nil {
		t.Error("no error")
	}
}

package demo

import (
	"bytes"
	"io/fs"
	"os"
	"strings"
	"testing"

	"batten/profiles"
)

// The tests of the whole flow run on the project in testdata: what is shown is what is
// tested.
func TestTheBundledProjectIsTheOneThatIsTested(t *testing.T) {
	tested := os.DirFS("../../testdata/projects/shop")
	files := 0
	if err := fs.WalkDir(tested, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		want, err := fs.ReadFile(tested, path)
		if err != nil {
			return err
		}
		got, err := fs.ReadFile(Project(), path)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is another one in the bundle: %v", path, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := fs.WalkDir(Project(), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasPrefix(path, "hardened/") {
			files--
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if files != 0 {
		t.Errorf("the bundle has %d files fewer than what is tested", files)
	}
}

func TestTheBundledRecordingsShowEachServiceFromItsStart(t *testing.T) {
	for _, name := range []string{"app", "cache", "db", "web"} {
		f, err := Project().Open("hardened/recordings/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		p, err := profiles.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if p.Service.Name != name || !p.Ready() || !p.SeesFiles() {
			t.Errorf("%s: recording of %s, gaps %v", name, p.Service.Name, p.Gaps())
		}
	}
}

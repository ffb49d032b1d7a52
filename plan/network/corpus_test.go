package network

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"batten/internal/testenv/require"
	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// corpus is the folder of other people's compose files.
func corpus(t *testing.T) string {
	t.Helper()
	return require.Corpus(t)
}

func TestRealProjectsAreDividedOnceAndKeepTheirEdges(t *testing.T) {
	root := corpus(t)
	files, several, edges, divided, waiting := 0, 0, 0, 0, 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "ml") {
			return err
		}
		p, err := project.Load(context.Background(), filepath.Dir(path), []string{filepath.Base(path)})
		if err != nil {
			return nil // loading is another package's to test
		}
		files++
		f := plan.Facts{Project: p, Target: plan.TargetCompose, Profiles: map[string]*profiles.Profile{}}
		found := Infer(f, nil)
		s := Segment(f, found, Intent{})
		if len(p.Services) < 2 {
			if s.Needed {
				t.Errorf("%s: a single service is divided", path)
			}
			return nil
		}
		several++
		edges += len(arrows(found))
		if len(s.Hidden) > 0 {
			waiting++
		}
		if !s.Needed {
			return nil
		}
		divided++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		again := load(t, t.TempDir(), apply(t, string(text), s.Changes()))
		after := Segment(again, Infer(again, nil), Intent{})
		if after.Needed {
			t.Errorf("%s: divided again: %v", path, after.Why)
		}
		for p := range s.current.talks {
			if !after.current.together(p.from, p.to) {
				t.Errorf("%s: %s no longer reaches %s", path, p.from, p.to)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d projects, %d of several services with %d edges between them; %d divided, %d wait for a recording", files, several, edges, divided, waiting)
	if divided == 0 {
		t.Error("none was divided")
	}
}

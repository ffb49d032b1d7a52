package rules

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"batten/internal/testenv/require"
	"batten/plan"
	"batten/project"
)

// corpus is the folder of other people's compose files.
func corpus(t *testing.T) string {
	t.Helper()
	return require.Corpus(t)
}

// composeFiles are the compose files below a folder.
func composeFiles(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && strings.Contains(e.Name(), "compose") && slices.Contains([]string{".yml", ".yaml"}, filepath.Ext(path)) {
			out = append(out, path)
		}
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("no compose files: %v", err)
	}
	return out
}

// The rules alone, on other people's files: what is applied is gone afterwards, and
// what is left was there before.
func TestFixesHoldOnTheCorpus(t *testing.T) {
	files, findings, applied := composeFiles(t, corpus(t)), 0, 0
	for _, path := range files {
		before, err := project.Load(context.Background(), filepath.Dir(path), []string{path})
		if err != nil {
			continue // a part of another project
		}
		facts := plan.Facts{Project: before, Target: plan.TargetCompose, Folder: "hardened"}
		first := plan.Make(facts, plan.Settings{}, All()).Decisions
		var changes []plan.Change
		for _, d := range first {
			checkFinding(t, facts, d.Finding)
			if d.Apply {
				applied++
				changes = append(changes, d.Finding.Fix.Changes...)
			}
		}
		findings += len(first)
		facts.Project = reloaded(t, path, applyChanges(t, before, changes))
		for _, d := range plan.Make(facts, plan.Settings{}, All()).Decisions {
			known := slices.ContainsFunc(first, func(o plan.Decision) bool {
				return o.Finding.ID() == d.Finding.ID() && (!o.Apply || d.Finding.Fix == nil || !d.Apply)
			})
			if !known {
				t.Errorf("%s: after the fixes: %s", path, render(facts, []plan.Decision{d}))
			}
		}
	}
	t.Logf("%d files, %d findings, %d applied", len(files), findings, applied)
}

// reloaded loads a copy of a project's folder in which some files are other ones.
func reloaded(t *testing.T, path string, changed map[string][]byte) *project.Project {
	t.Helper()
	dir := filepath.Join(t.TempDir(), filepath.Base(filepath.Dir(path)))
	if err := os.CopyFS(dir, os.DirFS(filepath.Dir(path))); err != nil {
		t.Fatal(err)
	}
	for name, data := range changed {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, err := project.Load(context.Background(), dir, []string{filepath.Join(dir, filepath.Base(path))})
	if err != nil {
		t.Fatalf("%s: load what the changes made: %v", path, err)
	}
	return out
}

package engine

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"batten/internal/fault"
	"batten/plan"
)

func TestTheDemonstrationIsUnpackedIntoAnEmptyFolderOnly(t *testing.T) {
	dir := t.TempDir()
	if err := UnpackDemo(dir); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "workload.sh")); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("the workload cannot be run: %v, %v", info, err)
	}
	if err := UnpackDemo(dir); fault.KindOf(err) != fault.Usage {
		t.Errorf("a folder that is not empty: %v", err)
	}
	file := filepath.Join(dir, "compose.yaml")
	if err := UnpackDemo(file); err == nil {
		t.Error("a file is taken for a folder")
	}
}

// The demonstration has no engine to ask, and has to show everything all the same.
func TestTheDemonstrationHasAPlanWithoutAnEngine(t *testing.T) {
	h := hardened(t, demoShop(t))
	for _, service := range []string{"app", "cache", "db", "web"} {
		for _, rule := range []string{"B003", "B004", "B014"} {
			if !h.Plan.Applies(rule, service) {
				t.Errorf("%s: %s is not applied", service, rule)
			}
		}
		if !slices.ContainsFunc(h.Plan.Scores, func(s plan.Score) bool { return s.Service == service && s.After > s.Before }) {
			t.Errorf("%s scores no better", service)
		}
	}
	if len(h.Plan.Edges) < 3 {
		t.Errorf("who talks to whom: %v", h.Plan.Edges)
	}
	inspected, err := demoShop(t).Inspect(t.Context(), SurveyRequest{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range inspected.Services {
		if s.User != "root" || s.Evidence != EvidenceTraced {
			t.Errorf("%s runs as %q, known from %s", s.Name, s.User, s.Evidence)
		}
	}
}

package rules

import (
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"batten/plan"
)

var idPattern = regexp.MustCompile(`^[BDHFISR][0-9]{3}$`)

// A rule is complete when it explains itself, names its sources, and has fixtures
// that show what it finds and that its fix leaves nothing to find.
func TestEveryRuleIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range All() {
		t.Run(r.ID, func(t *testing.T) {
			if !idPattern.MatchString(r.ID) || seen[r.ID] {
				t.Errorf("%q is no ID, or stands twice", r.ID)
			}
			seen[r.ID] = true
			checkText(t, r)
			checkFixtures(t, r)
		})
	}
}

var classes = map[plan.Class]bool{plan.Certain: true, plan.Measured: true, plan.Choice: true, plan.Advice: true}

func checkText(t *testing.T, r plan.Rule) {
	t.Helper()
	for what, text := range map[string]string{"title": r.Title, "topic": r.Topic, "why": r.Why} {
		if text == "" {
			t.Errorf("no %s", what)
		}
	}
	if r.Fix == "" && r.Class != plan.Advice {
		t.Error("does not say what is changed")
	}
	if !r.Severity.AtLeast(plan.Info) {
		t.Errorf("severity %q is unknown", r.Severity)
	}
	if !classes[r.Class] {
		t.Errorf("class %q is unknown", r.Class)
	}
	if len(r.Sources) == 0 {
		t.Error("no source")
	}
	for _, s := range r.Sources {
		if s.Name == "" {
			t.Error("a source has no name")
		}
	}
	if n := len(r.Title); n > 0 && r.Title[n-1] == '.' {
		t.Error("the title ends with a period")
	}
	if r.Detect == nil {
		t.Error("detects nothing")
	}
}

func checkFixtures(t *testing.T, r plan.Rule) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", r.ID, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	found, fixed := false, false
	for _, path := range paths {
		f := loadFixture(t, path)
		own, all := f.decisions(f.facts)
		found = found || len(own) > 0
		applied := false
		for _, d := range own {
			applied = applied || d.Apply && len(d.Finding.Fix.Changes)+len(d.Finding.Fix.Files) > 0
		}
		if applied && !fixed {
			left, _ := f.decisions(f.applied(t, all))
			fixed = !slices.ContainsFunc(left, func(d plan.Decision) bool { return d.Finding.Fix != nil })
		}
	}
	if !found {
		t.Error("no fixture in which it finds something")
	}
	if !fixed && r.Class != plan.Advice {
		t.Error("no fixture in which its fix leaves nothing to find")
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"batten/plan"
	"batten/plan/rules"
)

const (
	fixtures = "../../rules/testdata"
	manual   = "../../../docs/rules"
)

// TestTheManualIsWhatTheRulesSay holds each page against its rule: none is missing,
// none is left over, none says something else.
func TestTheManualIsWhatTheRulesSay(t *testing.T) {
	want, err := pages(rules.All(), fixtures)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	paths, err := filepath.Glob(filepath.Join(manual, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got[filepath.Base(path)] = string(data)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/rules is not what the rules say; run go generate ./docs\n%s", diff)
	}
}

// TestTextsOfRulesAreMarkdownAsTheyStand: they are printed on terminals and put into
// pages and reports without escapes, so that beside code spans they hold nothing that
// Markdown would take.
func TestTextsOfRulesAreMarkdownAsTheyStand(t *testing.T) {
	for _, r := range rules.All() {
		for _, text := range []string{r.Title, r.Why, r.Fix, r.Breaks} {
			for i, part := range strings.Split(text, "`") {
				if i%2 == 0 && strings.ContainsAny(part, `*<>[]|\~&`) {
					t.Errorf("%s: %q needs a code span", r.ID, part)
				}
			}
			if strings.Count(text, "`")%2 != 0 {
				t.Errorf("%s: a code span is left open in %q", r.ID, text)
			}
		}
	}
}

func TestAPageThatNoRuleHasGoes(t *testing.T) {
	out := t.TempDir()
	left := filepath.Join(out, "B999.md")
	if err := os.WriteFile(left, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(fixtures, out); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("the page is still there (%v)", err)
	}
	if _, err := os.Stat(filepath.Join(out, "README.md")); err != nil {
		t.Error(err)
	}
}

func TestTheExampleIsTheFixtureThatIsTakenInAtAGlance(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "B001"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"none.txtar":  "x\n-- compose.yaml --\nservices: {}\n-- want --\n",
		"long.txtar":  "x\n-- compose.yaml --\nservices:\n  a:\n    image: x\n-- want --\nB001/a high | too much | applied: less\n",
		"short.txtar": "x\n-- compose.yaml --\nservices: {a: {image: x}}\n-- want --\nB001/a high | too much | applied: less\n  note: y\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, "B001", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := exampleOf(dir, "B001")
	want := example{compose: "services: {a: {image: x}}\n", findings: []string{"B001/a: too much (high)"}}
	if err != nil || !cmp.Equal(want, got, cmp.AllowUnexported(example{})) {
		t.Errorf("%+v (%v)", got, err)
	}
}

func TestNumbersOfTheBenchmarkBefore16AreNamed(t *testing.T) {
	for _, c := range []struct {
		source plan.Source
		want   string
	}{
		{plan.Source{Name: plan.CIS, Item: "5.11"}, "CIS Docker Benchmark 1.6.0, 5.11 (5.10 in 1.5.0 and before)"},
		{plan.Source{Name: plan.CIS, Item: "4.1"}, "CIS Docker Benchmark 1.6.0, 4.1"},
		{plan.Source{Name: plan.CIS, Item: "7.3"}, "CIS Docker Benchmark 1.6.0, 7.3 (7.4 in 1.5.0 and before)"},
		{plan.Source{Name: plan.OWASP, Item: "RULE #3"}, "OWASP Docker Security Cheat Sheet, RULE #3"},
		{plan.Source{Name: plan.ComposeSpec}, "Compose Specification"},
	} {
		if got := sourceText(c.source); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

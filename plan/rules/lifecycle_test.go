package rules

import (
	"slices"
	"testing"

	"batten/plan"
)

func TestProgramsOfAShellLine(t *testing.T) {
	for line, want := range map[string][]string{
		"curl -f http://localhost/ || exit 1":               {"curl"},
		"A=1 B='x y' wget -q -O- x >/dev/null 2>&1 && true": {"wget"},
		"pg_isready -U \"$USER\" | grep -q accepting":       {"pg_isready", "grep"},
		"test -f /x; redis-cli ping":                        {"redis-cli"},
		"'my tool' || exit 1":                               nil,
		"$TOOL ping":                                        nil,
		"curl $(cat /url)":                                  nil,
		"curl `cat /url`":                                   nil,
		"echo 'a || missing'":                               nil,
		"echo 'open":                                        nil,
		"a &> /dev/null":                                    {"a"},
		"":                                                  nil,
	} {
		if got := shellPrograms(line); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// Compose fills in variables in what the file holds.
func TestADollarOfAChosenCheckIsDoubled(t *testing.T) {
	facts := factsFrom(t, `-- compose.yaml --
services: {app: {image: "example.org/app:1"}}
`)
	settings := settingsOf(t, "B033/app=test $X = 1")
	p := plan.Make(facts, settings, []plan.Rule{healthCheckMissing})
	check := p.Decisions[0].Finding.Fix.Changes[0].Value.(plan.Map)[0].Value.([]any)
	if !slices.Equal(check, []any{"CMD-SHELL", "test $$X = 1"}) {
		t.Errorf("got %q", check)
	}
	if got := p.Decisions[0].Finding.Fix.Value; got != "test $X = 1" {
		t.Errorf("the value is shown as %q", got)
	}
}

// A check that needs variables would be changed by compose.
func TestNoProbeHoldsADollar(t *testing.T) {
	for _, tool := range portTools {
		for _, a := range tool.arguments(80) {
			if slices.Contains([]byte(a), '$') {
				t.Errorf("%s: %s", tool.program, a)
			}
		}
	}
}

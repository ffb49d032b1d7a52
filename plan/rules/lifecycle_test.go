package rules

import (
	"slices"
	"strings"
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

func TestACheckAsksAsTheUserOfTheService(t *testing.T) {
	f := loadFixture(t, "testdata/B033/account.txtar")
	own, _ := f.decisions(f.facts)
	const asked = "pg_isready -q -h 127.0.0.1 -U "
	want := map[string]string{
		"none": "CMD " + asked + "postgres", "written": "CMD " + asked + "shop", "shellless": "CMD " + asked + "postgres",
		"variable": "CMD-SHELL " + asked + `"$$POSTGRES_USER"`, "passed": "CMD-SHELL " + asked + `"$$POSTGRES_USER"`,
		"odd": "CMD-SHELL " + asked + `"$$POSTGRES_USER"`, "file": "CMD-SHELL " + asked + `"$$(cat "$$POSTGRES_USER_FILE")"`,
	}
	for _, d := range own {
		var words []string
		for _, word := range d.Finding.Fix.Changes[0].Value.(plan.Map)[0].Value.([]any) {
			words = append(words, word.(string))
		}
		if got := strings.Join(words, " "); got != want[d.Finding.Service] {
			t.Errorf("%s: %s, want %s", d.Finding.Service, got, want[d.Finding.Service])
		}
		delete(want, d.Finding.Service)
	}
	if len(want) > 0 {
		t.Errorf("no check for %v", want)
	}
}

// The address changes, and nothing else of what was written.
func TestTheProtocolOfAPortStaysAsItIsWritten(t *testing.T) {
	for written, want := range map[string]string{"5054:5054/tcp": "127.0.0.1:5054:5054/tcp", "5054:5054": "127.0.0.1:5054:5054", "53:53/udp": "127.0.0.1:53:53/udp"} {
		place := portPlace{protocol: "tcp"}
		place.short(written)
		if got := place.text(loopback); got != want {
			t.Errorf("%s becomes %s, want %s", written, got, want)
		}
	}
}

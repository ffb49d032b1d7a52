package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"batten/internal/engine"
	"batten/plan"
)

// What the keys of this screen decide, batten.yaml can hold and says again when it is
// read.
func TestWhatIsDecidedHereCanBeWritten(t *testing.T) {
	s := onPlan(t, 80, 24, "B003/web")
	s.keys("space")
	s.to("B012/cache")
	s.keys("space")
	s.to("group db")
	s.keys("a", "a")
	s.to("B028/app")
	s.keys("v")
	s.write("0")
	s.keys("backspace", "backspace", "backspace", "backspace")
	s.write("300m")
	s.keys("enter")
	s.to("B004/app")
	s.keys("x")
	s.write(`a "reason": with # and \ 'quotes'`)
	s.keys("enter")
	want := s.states()
	s.keys("W")
	s.shows("write these files?")
	s.keys("y")
	data, err := os.ReadFile(filepath.Join(s.m.options.Project.Dir(), "batten.yaml"))
	if err != nil {
		t.Fatalf("%v\n%s", err, s.frame())
	}
	got, err := plan.ParseSettings(data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if len(got.Choices) != len(s.m.decisions.now) {
		t.Errorf("%d decisions are written, want %d:\n%s", len(got.Choices), len(s.m.decisions.now), data)
	}
	s.m.decisions = decisions{}
	s.keys("R")
	for id, state := range s.states() {
		if state != want[id] {
			t.Errorf("%s reads back as %s, want %s", id, state, want[id])
		}
	}
}

// states are all findings with what is done about them.
func (s *session) states() map[string]string {
	out := map[string]string{}
	for _, d := range s.m.plan().Decisions {
		text := "left"
		if d.Apply {
			text = "applied: " + d.Finding.Fix.Summary
		}
		out[d.Finding.ID()] = text
	}
	return out
}

func TestWhatWasWrittenCanBeTurnedOverAgain(t *testing.T) {
	s := onPlan(t, 80, 24, "B003/web")
	s.keys("space", "W", "y", "esc")
	s.to("B003/web")
	s.keys("space")
	if !s.decision("B003/web").Apply {
		t.Errorf("it is left as it was written: %+v", s.m.decisions.now)
	}
	s.keys("space")
	if s.decision("B003/web").Apply {
		t.Error("it cannot be left again")
	}
}

// The command beside each verb makes the same plan: its flags are read as batten harden
// reads them.
func TestCommandsOfThePlanDecideTheSame(t *testing.T) {
	s := onPlan(t, 80, 24, "B012/db")
	for _, step := range []struct{ to, key, want string }{
		{"B012/db", "space", "batten harden --apply B012/db"},
		{"B003/db", "space", "batten harden --apply B012/db --skip 'B003/db=left as it is by hand'"},
		{"B003/db", "space", "batten harden --apply B012/db"},
	} {
		s.to(step.to)
		v, ok := s.m.verbFor(step.key)
		if !ok || v.commandLine(s.m) != step.want {
			t.Errorf("the palette would show %q, want %q", v.commandLine(s.m), step.want)
		}
		s.keys(step.key)
		if got := s.m.hardenCommand(); got != step.want {
			t.Errorf("after %s on %s: %q, want %q", step.key, step.to, got, step.want)
		}
	}
	if before := len(s.m.decisions.now); before != 1 {
		t.Errorf("asking for a command decided something: %+v", s.m.decisions.now)
	}
}

func TestEveryVerbOfThePlanHasACommandThatParses(t *testing.T) {
	s := onPlan(t, 80, 24, "B028/web")
	s.keys("space")
	for _, v := range planVerbs() {
		if v.view {
			continue
		}
		words := strings.Fields(v.commandLine(s.m))
		if len(words) < 2 || words[0] != "batten" || words[1] != "harden" {
			t.Errorf("%s: %q", v.id, words)
		}
		for i, word := range words[:max(len(words)-1, 0)] {
			if word != "--skip" && word != "--apply" && word != "--set" {
				continue
			}
			id, value, has := strings.Cut(strings.Trim(words[i+1], "'"), "=")
			if _, err := engine.ParseDecision(id); err != nil {
				t.Errorf("%s: %v", v.id, err)
			}
			if word != "--apply" && (!has || value == "") {
				t.Errorf("%s: %s without what it needs", v.id, word)
			}
		}
	}
}

func TestTheDiffHasTheLinesOfOneDecision(t *testing.T) {
	s := onPlan(t, 80, 24, "B028/web")
	s.keys("d")
	s.shows("diff of B028/web", "services:", "web:", "memory: 32m")
	s.hides("cap_drop", "read_only", "app:")
	s.keys("esc")
	s.to("B012/app")
	s.keys("d")
	s.shows("nothing is changed while this is blocked")
}

package tui

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"batten/plan"
)

// onPlan is a session on the plan's screen with the cursor on a finding.
func onPlan(t testing.TB, w, h int, id string) *session {
	t.Helper()
	s := begin(t, w, h, nil)
	s.keys("3")
	s.frame()
	s.to(id)
	return s
}

// to puts the cursor on a finding, or on a group's heading.
func (s *session) to(key string) {
	s.t.Helper()
	p := planScreenOf(s.m)
	name := rowName{heading: true}
	if group, ok := strings.CutPrefix(key, "group "); ok {
		name.group = group
	} else {
		rule, service, at := plan.ParseID(key)
		name = rowName{about: subject{rule, service, at}}
	}
	if !p.list.put(name) {
		s.t.Fatalf("%q is not listed:\n%s", key, s.frame())
	}
}

func (s *session) decision(id string) plan.Decision {
	s.t.Helper()
	for _, d := range s.m.plan().Decisions {
		if d.Finding.ID() == id {
			return d
		}
	}
	s.t.Fatalf("no finding %s", id)
	return plan.Decision{}
}

func (s *session) score(service string) int {
	for _, one := range s.m.plan().Scores {
		if one.Service == service {
			return one.After
		}
	}
	return -1
}

// planJSON is the whole plan, to compare.
func (s *session) planJSON() string {
	s.t.Helper()
	data, err := json.Marshal(s.m.plan())
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

func TestTogglingAFindingChangesThePlanAndTheScore(t *testing.T) {
	s := onPlan(t, 120, 40, "B004/app")
	before, points := s.score("app"), s.decision("B004/app").Points
	s.shows("[x] applied, as batten proposes")
	s.keys("space")
	if s.decision("B004/app").Apply {
		t.Error("it is still applied")
	}
	if got := s.score("app"); points == 0 || got != before-points {
		t.Errorf("score %d, want %d less than %d", got, points, before)
	}
	s.shows("[ ] left as it is, decided by you", "1 decision not written")
	s.keys("space")
	if len(s.m.decisions.now) != 0 || s.score("app") != before {
		t.Errorf("turned over twice leaves %v, score %d", s.m.decisions.now, s.score("app"))
	}
}

func TestWhatAKeyDecidedIsShownBeforeThePlanIsMade(t *testing.T) {
	s := onPlan(t, 120, 40, "B004/app")
	s.m.press(keyOf("space")) // what it starts is not run
	s.shows("[ ] left as it is, decided by you", "being counted")
	if !s.decision("B004/app").Apply {
		t.Error("the plan was made already: nothing is tested")
	}
}

func TestUndoRestoresTheVerySamePlan(t *testing.T) {
	s := onPlan(t, 80, 24, "B012/cache")
	first := s.planJSON()
	s.keys("space")
	second := s.planJSON()
	if first == second {
		t.Fatal("the key changed nothing")
	}
	s.to("group web")
	s.keys("a")
	s.keys("u")
	if s.planJSON() != second {
		t.Error("one step back is another plan than before")
	}
	s.keys("u")
	if s.planJSON() != first {
		t.Error("two steps back are another plan than the first")
	}
	s.keys("ctrl+r")
	if s.planJSON() != second {
		t.Error("redo is another plan")
	}
}

func TestAllOfAGroupIsLeftAndAppliedTogether(t *testing.T) {
	for _, key := range []string{"space", "a"} {
		s := onPlan(t, 80, 24, "group db")
		if key == "a" {
			s.to("B004/db")
		}
		s.keys(key) // one of them is off unless chosen: all are applied
		if d := s.decision("B012/db"); !d.Apply || d.By != plan.ByUser {
			t.Errorf("%s: what was off is not applied: %+v", key, d)
		}
		s.keys(key)
		for _, d := range s.m.plan().Decisions {
			if mine := d.Finding.Service == "db" && d.Finding.Rule != "B020"; mine && d.Apply {
				t.Errorf("%s: %s is applied", key, d.Finding.ID())
			} else if other := d.Finding.Service != "db"; other && d.By == plan.ByUser {
				t.Errorf("%s: %s is of another group", key, d.Finding.ID())
			}
		}
		// The port that stays published is found by another rule, about which nothing was
		// decided.
		s.shows("1 of 14 applied")
	}
}

func TestADecisionAboutWhatIsFoundNoLongerIsDropped(t *testing.T) {
	s := onPlan(t, 80, 24, "B022/db/15432:5432/tcp")
	first := s.planJSON()
	s.keys("space")
	s.to("B020/db/15432:5432/tcp") // only found while the port stays
	s.keys("space")
	both := s.planJSON()
	s.to("B022/db/15432:5432/tcp")
	s.keys("space")
	if s.planJSON() != first || len(s.m.decisions.now) != 0 {
		t.Errorf("left are %+v", s.m.decisions.now)
	}
	s.shows("found no longer")
	s.keys("u")
	if s.planJSON() != both {
		t.Error("undo does not bring back both")
	}
}

func TestAGroupThatIsFilteredIsWhatIsShown(t *testing.T) {
	s := onPlan(t, 80, 24, "group db")
	s.keys("/")
	s.write("limit memory")
	s.keys("enter")
	s.shows("1 of 1 applied")
	s.to("B028/db")
	s.keys("a")
	if n := len(s.m.decisions.now); n != 1 {
		t.Errorf("%d decisions, want the one that is shown", n)
	}
}

func TestSkippingNeedsAReason(t *testing.T) {
	s := onPlan(t, 80, 24, "B003/web")
	s.keys("x", "enter")
	s.shows("a reason is needed")
	s.write("  ")
	s.keys("enter")
	s.shows("a reason is needed")
	s.write("it calls: sudo # really")
	s.keys("enter")
	d := s.decision("B003/web")
	if d.Apply || strings.TrimSpace(d.Reason) != "it calls: sudo # really" || d.By != plan.ByUser {
		t.Errorf("decided %+v", d)
	}
	s.keys("x")
	s.shows("it calls: sudo # really") // to be changed
}

func TestAFindingForAPersonCanBeSkippedAndNotApplied(t *testing.T) {
	s := handmade(t, 120, 40, plan.Decision{Finding: plan.Finding{Rule: "B013", Service: "a", Severity: plan.High, Message: "it is still root"}})
	s.frame()
	s.m.press(keyOf("space"))
	s.shows("a person has to decide and do this")
	s.keys("x")
	s.shows("why is this left as it is?")
}

func TestAValueIsChosenFromSomeOrWritten(t *testing.T) {
	s := onPlan(t, 80, 24, "B020/web/18080:80/tcp")
	s.keys("v")
	s.shows("127.0.0.1  as it is now", "0.0.0.0", "another:")
	s.keys("j", "enter")
	if d := s.decision("B020/web/18080:80/tcp"); d.Finding.Fix.Value != "0.0.0.0" || d.Apply {
		t.Errorf("value %q, applied %v", d.Finding.Fix.Value, d.Apply)
	}
	s.to("B028/db")
	s.keys("v", "backspace", "backspace", "backspace", "backspace")
	s.write("1g")
	s.keys("enter")
	if d := s.decision("B028/db"); d.Finding.Fix.Value != "1g" || !d.Apply {
		t.Errorf("value %q, applied %v", d.Finding.Fix.Value, d.Apply)
	}
	s.to("B003/db")
	s.keys("v")
	s.shows("it has no value to choose")
}

func TestAValueThatNobodyMeasuredCanBeGiven(t *testing.T) {
	s := onPlan(t, 80, 24, "B012/app")
	s.shows("[-] ▲ high     B012")
	s.keys("v")
	s.shows("1000:1000")
	s.write("1000:1000")
	s.keys("enter")
	if d := s.decision("B012/app"); !d.Apply || d.Finding.Fix.Value != "1000:1000" {
		t.Errorf("decided %+v", d)
	}
}

func TestAValueThatIsNoneIsTakenBack(t *testing.T) {
	s := onPlan(t, 80, 24, "B003/db")
	s.keys("space")
	before := s.planJSON()
	s.to("B028/db")
	s.keys("v")
	s.write("plenty")
	s.keys("enter")
	s.shows("this did not work", "plenty")
	s.keys("esc")
	if len(s.m.decisions.now) != 1 || s.planJSON() != before {
		t.Errorf("left are %+v", s.m.decisions.now)
	}
	if len(s.m.decisions.redo) != 0 {
		t.Error("redo would bring it back")
	}
}

func TestABlockedFindingSaysWhyAndWhatMeasuresIt(t *testing.T) {
	s := handmade(t, 120, 40, plan.Decision{Finding: plan.Finding{
		Rule: "B014", Service: "a", Severity: plan.Low, Message: "the engine's filter applies",
		Fix: &plan.Fix{Summary: "filter by what it needs", Blocked: "which calls it makes was not recorded", Measure: "batten trace a"},
	}})
	s.shows("[-]", "blocked", "measure   batten trace a")
	s.m.press(keyOf("space"))
	s.shows("which calls it makes was not recorded: batten trace a")
	if len(s.m.decisions.now) != 0 {
		t.Error("it was decided all the same")
	}
}

func TestFindingsAreShownByState(t *testing.T) {
	s := onPlan(t, 80, 24, "B003/app")
	s.keys("space")
	shown := func() []string {
		p := planScreenOf(s.m)
		var ids []string
		for _, r := range p.view.rows {
			if r.item >= 0 {
				ids = append(ids, p.view.plan.Decisions[r.item].Finding.ID())
			}
		}
		return ids
	}
	all := len(shown())
	s.keys("f")
	applied := shown()
	s.keys("f")
	left := shown()
	s.keys("f")
	blocked := shown()
	s.keys("f")
	mine := shown()
	if !slices.Contains(left, "B003/app") || slices.Contains(applied, "B003/app") {
		t.Errorf("what is left stands among %v", applied)
	}
	if want := []string{"B012/app", "B012/web"}; !slices.Equal(blocked, want) {
		t.Errorf("blocked are %v, want %v", blocked, want)
	}
	if want := []string{"B003/app"}; !slices.Equal(mine, want) {
		t.Errorf("mine are %v, want %v", mine, want)
	}
	if n := len(applied) + len(left) + len(blocked); n != all {
		t.Errorf("%d of %d findings have a state", n, all)
	}
	s.keys("f")
	if len(shown()) != all {
		t.Error("the fifth f does not show all again")
	}
}

func TestGroupings(t *testing.T) {
	s := onPlan(t, 100, 30, "group web")
	s.shows("Findings by service", "score 52 → 91") // of a service
	s.keys("o")
	s.to("group high")
	s.shows("Findings by severity", "▲ high")
	s.keys("o")
	s.to("group B004")
	s.shows("Findings by rule", "B004  Capabilities", "what batten changes")
	s.keys("o")
	s.shows("Findings by service")
}

func TestEverythingAsProposedDropsWhatWasDecidedHere(t *testing.T) {
	s := onPlan(t, 80, 24, "B003/app")
	first := s.planJSON()
	s.keys("A")
	s.shows("nothing was decided here")
	s.keys("space", "j", "space", "A")
	if s.planJSON() != first || len(s.m.decisions.now) != 0 {
		t.Errorf("left are %+v", s.m.decisions.now)
	}
	s.keys("u")
	if len(s.m.decisions.now) != 2 {
		t.Error("undo does not bring the decisions back")
	}
}

func TestPlanFrames(t *testing.T) {
	frames(t, "plan", func(s *session) {
		s.keys("3")
		s.frame()
		s.to("B040/app/REDIS_URL")
		s.keys("space")
	})
}

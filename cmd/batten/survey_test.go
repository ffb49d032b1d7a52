package main

import "testing"

// batten.yaml keeps one decision on each finding: the second would take the place of the
// first when both are written.
func TestApplyAndSetOfOneFindingAreOneDecision(t *testing.T) {
	flags := surveyFlags{apply: []string{"B012/db"}, skip: []string{"B003/db=it needs sudo"}, set: []string{"B012/db=70:70", "B028/db=1g"}}
	got, err := flags.decisions()
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 {
		t.Fatalf("%d decisions, want 3: %+v", len(got), got)
	}
	if one := got[0]; one.Rule != "B012" || one.Apply == nil || !*one.Apply || one.Value != "70:70" {
		t.Errorf("got %+v, want B012/db applied with 70:70", one)
	}
	if one := got[2]; one.Apply != nil || one.Value != "1g" {
		t.Errorf("got %+v, want the value alone", one)
	}
}

package tui

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"batten/plan"
)

// The plan's filter means what the filter of every other list means of the same texts.
func TestThePlansFilterIsThatOfAllLists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.SampledFrom([]rune("abAB ä")), 0, 4, -1)
		f := plan.Finding{Rule: word.Draw(t, "rule"), Service: word.Draw(t, "service"), Message: word.Draw(t, "message"),
			Fix: &plan.Fix{Summary: word.Draw(t, "summary")}}
		filter := rapid.SampledFrom([]string{"", "!"}).Draw(t, "not") + word.Draw(t, "filter")
		v := planView{wanted: filter, plan: &plan.Plan{Decisions: []plan.Decision{{Finding: f}}}}
		texts := filterTexts(&f)
		if got, want := v.matcher()(0), filter == "" || matcher(filter)(strings.Join(texts[:], " ")); got != want {
			t.Errorf("%q of %+v: %v, want %v", filter, f, got, want)
		}
	})
}

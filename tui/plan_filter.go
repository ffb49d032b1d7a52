package tui

import (
	"strings"

	"batten/plan"
)

// matcher is the filter, over decisions. It means what [matcher] means of a finding's
// texts in one line, without making that line of each of many findings: no word has a
// space in it, so that it stands in one of the texts.
func (v *planView) matcher() func(i int) bool {
	filter, inverse := strings.CutPrefix(v.wanted, "!")
	words := strings.Fields(strings.ToLower(filter))
	if len(words) == 0 && !inverse {
		return func(int) bool { return true }
	}
	return func(i int) bool {
		texts := filterTexts(&v.plan.Decisions[i].Finding)
		for _, word := range words {
			if !anyHas(texts[:], word) {
				return inverse
			}
		}
		return !inverse
	}
}

// filterTexts are what a filter looks at.
func filterTexts(f *plan.Finding) [6]string {
	out := [6]string{f.Rule, f.Service, f.Key, string(f.Severity), f.Message}
	if f.Fix != nil {
		out[5] = f.Fix.Summary
	}
	return out
}

func anyHas(texts []string, word string) bool {
	for _, text := range texts {
		if strings.Contains(text, word) || strings.Contains(strings.ToLower(text), word) {
			return true
		}
	}
	return false
}

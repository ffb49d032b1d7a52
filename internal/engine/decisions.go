package engine

import (
	"cmp"
	"strings"

	"batten/internal/fault"
	"batten/plan"
	"batten/plan/rules"
)

// ParseDecision reads what a decision is about: RULE, RULE/SERVICE or
// RULE/SERVICE/KEY.
func ParseDecision(id string) (plan.Setting, error) {
	s := plan.Setting{By: plan.ByUser}
	s.Rule, s.Service, s.Key = plan.ParseID(strings.TrimSpace(id))
	for _, r := range rules.All() {
		if r.ID == s.Rule {
			return s, nil
		}
	}
	return s, fault.New(fault.Usage, "rules stand beside each change of batten harden; batten explain B003 explains one",
		"%q names no rule", s.Rule)
}

// ParseThreshold reads the least severity that fails a check.
func ParseThreshold(text string) (plan.Severity, error) {
	s := plan.Severity(text)
	if s == FailOnNone || s.AtLeast(plan.Info) {
		return s, nil
	}
	return "", fault.New(fault.Usage, "choose critical, high, medium, low, info or none", "unknown severity %q", text)
}

func compareText(a, b string) int { return cmp.Compare(a, b) }

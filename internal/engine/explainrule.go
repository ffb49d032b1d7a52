package engine

import (
	"context"

	"batten/internal/fault"
	"batten/plan"
	"batten/plan/rules"
)

// RuleText is what an explanation of a rule says.
type RuleText struct {
	Title    string        `json:"title"`
	Severity plan.Severity `json:"severity"`
	Class    plan.Class    `json:"class"`
	Needs    []plan.Need   `json:"needs,omitempty"`
	Why      string        `json:"why"`
	Fix      string        `json:"fix,omitempty"`
	Breaks   string        `json:"breaks,omitempty"`
	Sources  []plan.Source `json:"sources"`
	// Findings are those of the project in this folder, with their decisions.
	Findings []plan.Decision `json:"findings"`
}

// explainRule explains a rule, or one of its findings; nil when the name is of
// neither form.
func (e *Engine) explainRule(ctx context.Context, id string) (*Explanation, error) {
	rule, service, key := plan.ParseID(id)
	for _, r := range rules.All() {
		if r.ID != rule {
			continue
		}
		x := &Explanation{Name: id, Kind: "rule", Meaning: r.Title, Seen: []Seen{}, Rule: &RuleText{
			Title: r.Title, Severity: r.Severity, Class: r.Class, Needs: r.Needs, Why: r.Why, Fix: r.Fix,
			Breaks: r.Breaks, Sources: r.Sources, Findings: []plan.Decision{},
		}}
		// Without a project here the rule is explained all the same.
		s, err := e.survey(ctx, SurveyRequest{})
		if err != nil {
			if service != "" {
				return nil, err
			}
			return x, nil
		}
		for _, d := range s.plan.Decisions {
			f := d.Finding
			if f.Rule == rule && (service == "" || f.Service == service) && (key == "" || f.Key == key) {
				x.Rule.Findings = append(x.Rule.Findings, d)
			}
		}
		if service != "" && len(x.Rule.Findings) == 0 {
			return nil, fault.New(fault.Usage, "findings stand beside each change of batten harden", "explain: no finding %s", id)
		}
		return x, nil
	}
	return nil, nil
}

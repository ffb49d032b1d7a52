package engine

// RuleGroup are rules of a service's AppArmor profile under one heading.
type RuleGroup struct {
	Title string
	Rules []RuleLine // in the order of the file
}

// RuleLine is one rule, why it is there, and what its wildcards stand for.
type RuleLine struct{ Text, Why, Generalised string }

// AppArmorRules explains the AppArmor profile of a service, those of its helper
// programs after its own; none when the hardening made none.
func (h *Hardening) AppArmorRules(service string) []RuleGroup {
	made := h.survey.confined[service]
	if made == nil {
		return nil
	}
	var out []RuleGroup
	for _, r := range made.Rules {
		title := r.Group.About()
		if r.Profile != "" {
			title = "profile " + r.Profile + ": " + title
		}
		if len(out) == 0 || out[len(out)-1].Title != title {
			out = append(out, RuleGroup{Title: title})
		}
		g := &out[len(out)-1]
		g.Rules = append(g.Rules, RuleLine{r.Text, r.Why, r.Generalised})
	}
	return out
}

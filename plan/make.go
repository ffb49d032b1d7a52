package plan

import (
	"cmp"
	"slices"
)

// Make evaluates rules in their order, each seeing what those before it decided,
// and returns the plan.
func Make(facts Facts, settings Settings, rules []Rule) *Plan {
	d := &Draft{Facts: facts, Settings: settings, decided: map[string][]Decision{}}
	p := &Plan{Schema: Schema, Project: facts.Project.Name, Target: facts.Target, Decisions: []Decision{}, Edges: facts.Edges}
	for _, r := range rules {
		for _, f := range r.Detect(d) {
			f.Rule = r.ID
			if f.Severity == "" {
				f.Severity = r.Severity
			}
			one := decide(f, settings)
			d.decided[r.ID] = append(d.decided[r.ID], one)
			p.Decisions = append(p.Decisions, one)
		}
	}
	slices.SortStableFunc(p.Decisions, func(a, b Decision) int {
		return cmp.Or(cmp.Compare(a.Finding.Service, b.Finding.Service),
			cmp.Compare(a.Finding.Rule, b.Finding.Rule), cmp.Compare(a.Finding.Key, b.Finding.Key))
	})
	return p
}

func decide(f Finding, settings Settings) Decision {
	out := Decision{Finding: f, By: ByDefault}
	wish, wished := settings.apply(f.Rule, f.Service, f.Key)
	if wished {
		out.By, out.Reason = wish.By, wish.Reason
	}
	switch {
	case f.Fix == nil:
		if !wished || *wish.Apply {
			out.By, out.Reason = ByDefault, "a person has to decide and do this"
		}
	case wished && !*wish.Apply:
	case f.Fix.Blocked != "":
		out.By, out.Reason = ByDefault, f.Fix.Blocked
	case wished:
		out.Apply = true
	case f.Fix.Off:
		out.Reason = "off unless chosen"
	default:
		out.Apply = true
	}
	return out
}

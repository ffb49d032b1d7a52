package plan

import (
	"cmp"
	"slices"
	"strings"

	"batten/project"
)

// Make evaluates rules in their order, each seeing what those before it decided,
// and returns the plan.
func Make(facts Facts, settings Settings, rules []Rule) *Plan {
	d := &Draft{Facts: facts, Settings: settings, applied: map[subject]bool{}}
	p := &Plan{Schema: Schema, Project: facts.Project.Name, Target: facts.Target, Decisions: []Decision{}, Edges: facts.Edges}
	for _, r := range rules {
		for _, f := range r.Detect(d) {
			f.Rule = r.ID
			if f.Severity == "" {
				f.Severity = r.Severity
			}
			one := decide(f, settings)
			d.note(one)
			p.Decisions = append(p.Decisions, one)
		}
	}
	p.Unknown = settings.unknown(rules, serviceNames(facts.Project))
	slices.SortStableFunc(p.Decisions, func(a, b Decision) int {
		return cmp.Or(cmp.Compare(a.Finding.Service, b.Finding.Service),
			cmp.Compare(a.Finding.Rule, b.Finding.Rule), cmp.Compare(a.Finding.Key, b.Finding.Key))
	})
	score(d, p)
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
	case settings.Refused[f.ID()] != "":
		out.By, out.Reason = ByDefault, "not safe to edit: "+settings.Refused[f.ID()]
	case f.outside(settings.Only) && !settings.Kept[f.ID()]:
		out.By, out.Reason = ByUser, "only "+strings.Join(settings.Only, ", ")+" was asked for"
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

// outside tells whether a finding is about none of the services asked for. What
// concerns the project as a whole would change other services, too, unless it is
// certain and needed by any change at all, as the file's version is.
func (f Finding) outside(only []string) bool {
	return len(only) > 0 && !slices.Contains(only, f.Service) && !(f.Service == "" && f.Key == KeyVersion)
}

// KeyVersion is the key of the finding about the file's version.
const KeyVersion = "version"

func serviceNames(p *project.Project) []string {
	out := make([]string, len(p.Services))
	for i, s := range p.Services {
		out[i] = s.Name
	}
	return out
}

package engine

import (
	"slices"
	"strconv"
	"strings"

	"batten/internal/fault"
	"batten/plan"
)

// checkSettings makes sure that what was asked for on the command line is about
// something and can be done: a decision that does nothing is a mistake.
func (s *survey) checkSettings() error {
	for _, one := range s.request.Settings {
		id := plan.ID(one.Rule, one.Service, one.Key)
		if _, known := s.project.Service(one.Service); one.Service != "" && !known {
			return fault.New(fault.Usage, "services are: "+join(allNames(s.project)), "decide about %s: no such service", id)
		}
		var about []plan.Decision
		for _, d := range s.plan.Decisions {
			f := d.Finding
			if f.Rule == one.Rule && (one.Service == "" || f.Service == one.Service) && (one.Key == "" || f.Key == one.Key) {
				about = append(about, d)
			}
		}
		if len(about) == 0 {
			return fault.New(fault.Usage, "findings stand beside each change of batten harden, and in batten inspect",
				"decide about %s: %w", id, &NotFoundError{ID: id})
		}
		if err := possible(one, id, about); err != nil {
			return err
		}
	}
	return nil
}

// NotFoundError means that a decision is about nothing: the finding is not there, or not
// any more after other decisions.
type NotFoundError struct{ ID string }

func (e *NotFoundError) Error() string { return "nothing of that sort is found here" }

// possible tells whether at least one of the findings can take the decision.
func possible(one plan.Setting, id string, about []plan.Decision) error {
	able := func(can func(*plan.Fix) bool) bool {
		return slices.ContainsFunc(about, func(d plan.Decision) bool { return d.Finding.Fix != nil && can(d.Finding.Fix) })
	}
	switch {
	case one.Value != "" && !able(func(f *plan.Fix) bool { return f.Value != "" || len(f.Options) > 0 || f.Blocked != "" }):
		return fault.New(fault.Usage, "batten explain "+one.Rule+" says what it changes", "set %s: there is no value to choose", id)
	case one.Value != "" && !able(func(f *plan.Fix) bool { return !strings.Contains(f.Blocked, strconv.Quote(one.Value)) }):
		return fault.New(fault.Usage, "batten explain "+id+" says what it takes", "set %s: %s", id, strings.TrimPrefix(about[0].Finding.Fix.Blocked, settingsFile+": "))
	case one.Apply != nil && *one.Apply && !able(func(f *plan.Fix) bool { return true }):
		return fault.New(fault.Usage, "batten explain "+one.Rule+" says what to do", "apply %s: it is for a person to do", id)
	case one.Apply != nil && *one.Apply && !able(func(f *plan.Fix) bool { return f.Blocked == "" }):
		return fault.New(fault.Usage, hintOf(about), "apply %s: %s", id, about[0].Reason)
	}
	return nil
}

func hintOf(about []plan.Decision) string {
	for _, d := range about {
		if f := d.Finding.Fix; f != nil && f.Measure != "" {
			return "measure it: " + f.Measure
		}
	}
	return ""
}

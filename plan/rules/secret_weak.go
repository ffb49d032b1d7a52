package rules

import (
	"batten/plan"
	"batten/plan/secrets"
)

func detectWeak(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, u := range found(d).Units {
		if u.Prose {
			continue
		}
		names := []string{u.Service, d.Project.Name}
		if svc, ok := d.Project.Service(u.Service); ok {
			names = append(names, userNames(svc.Config.Environment)...)
		}
		for _, span := range u.Spans() {
			if secrets.Weak(span.Value.Reveal(), names...) {
				out = append(out, plan.Finding{Service: u.Service, Key: u.Key, At: positionsOf(d, u),
					Message: u.Key + " holds a password that is easily guessed"})
				break
			}
		}
	}
	return out
}

// userVariables end in what names a user or a database: a password that is the
// same is no password.
var userVariables = []string{"_USER", "_USERNAME", "_DB", "_DATABASE", "_DB_NAME"}

func userNames(environment map[string]*string) []string {
	var out []string
	for name, value := range environment {
		for _, end := range userVariables {
			if value != nil && len(name) >= len(end) && name[len(name)-len(end):] == end {
				out = append(out, *value)
			}
		}
	}
	return out
}

func positionsOf(d *plan.Draft, u *secrets.Unit) []plan.Position {
	var out []plan.Position
	for _, sc := range u.Scalars {
		if len(sc.Spans) > 0 {
			out = append(out, plan.PositionOf(d.Project, sc.Written))
		}
	}
	return out
}

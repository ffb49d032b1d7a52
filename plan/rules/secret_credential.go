package rules

import (
	"fmt"
	"slices"
	"strings"

	"batten/plan"
	"batten/plan/secrets"
	"batten/project"
)

func detectCredentials(d *plan.Draft) []plan.Finding {
	return append(credentialFindings(d, "B040"), commentFindings(d)...)
}

// commentFindings are comments that hold a value which is moved elsewhere. They are
// the user's: nothing but a person changes them.
func commentFindings(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for i, c := range secrets.Comments(d.Project, found(d)) {
		out = append(out, plan.Finding{Key: fmt.Sprintf("comment %d", i+1), Severity: plan.Medium,
			Message: "a comment holds a value that is a credential elsewhere in the project: take it out",
			At:      []plan.Position{{File: d.Project.Sources[c.File].Name, Line: c.Line, Column: c.Column}}})
	}
	return out
}

func detectDefaults(d *plan.Draft) []plan.Finding {
	return credentialFindings(d, "B041")
}

// ruleOf is the rule that a unit is a finding of.
func ruleOf(u *secrets.Unit) string {
	if u.Default() {
		return "B041"
	}
	return "B040"
}

// Keys of what the rules on secrets share.
type (
	foundKey struct{}
	movesKey struct{}
)

// found are the credentials of the project; moves are where they can go.
func found(d *plan.Draft) *secrets.Set {
	return d.Memo(foundKey{}, func() any { return secrets.Find(d.Project) }).(*secrets.Set)
}

func moves(d *plan.Draft) []secrets.Move {
	return d.Memo(movesKey{}, func() any {
		set := found(d)
		return secrets.Migrate(d.Project, set, wantedUnits(d, set), secrets.Options{Folder: d.Folder, Target: d.Target, EnvFiles: d.EnvFiles})
	}).([]secrets.Move)
}

func credentialFindings(d *plan.Draft, rule string) []plan.Finding {
	set := found(d)
	if len(set.Units)+len(set.References) == 0 {
		return nil
	}
	holders := holdersOf(set)
	var out []plan.Finding
	for _, move := range moves(d) {
		u := move.Unit
		if ruleOf(u) != rule {
			continue
		}
		fix := move.Fix
		f := plan.Finding{Service: u.Service, Key: u.Key, Message: credentialMessage(u), Fix: &fix}
		if u.Reference || u.Prose {
			f.Severity = plan.Low
		}
		for _, sc := range u.Scalars {
			if len(sc.Spans) > 0 || u.Reference {
				f.At = append(f.At, plan.PositionOf(d.Project, sc.Written))
			}
		}
		f.Evidence = credentialEvidence(set, holders, move)
		out = append(out, f)
	}
	return out
}

// wantedUnits tells which units the settings leave in: what several share is made
// for those. The settings are asked through a plan that knows nothing else.
func wantedUnits(d *plan.Draft, set *secrets.Set) func(*secrets.Unit) bool {
	byID := map[string]*secrets.Unit{}
	of := func(rule string) plan.Rule {
		return plan.Rule{ID: rule, Detect: func(*plan.Draft) []plan.Finding {
			var out []plan.Finding
			for _, u := range slices.Concat(set.Units, set.References) {
				if ruleOf(u) == rule {
					f := plan.Finding{Rule: rule, Service: u.Service, Key: u.Key, Fix: &plan.Fix{}}
					byID[f.ID()] = u
					out = append(out, f)
				}
			}
			return out
		}}
	}
	dry := plan.Make(plan.Facts{Project: &project.Project{}}, d.Settings, []plan.Rule{of("B040"), of("B041")})
	wanted := map[*secrets.Unit]bool{}
	for _, one := range dry.Decisions {
		if u := byID[one.Finding.ID()]; u != nil && one.Apply {
			wanted[u] = true
		}
	}
	return func(u *secrets.Unit) bool { return wanted[u] }
}

func credentialMessage(u *secrets.Unit) string {
	switch {
	case u.Reference:
		return u.Key + " is a credential that docker inspect shows"
	case u.Prose:
		return "a text at " + u.Key + " names a credential"
	case u.Default():
		return u.Key + " has a credential as the default of a variable"
	case !u.Whole():
		return u.Key + " holds a credential within its value"
	}
	return u.Key + " holds a credential"
}

// holdersOf lists for each secret the units that have it.
func holdersOf(set *secrets.Set) map[*secrets.Secret][]*secrets.Unit {
	out := map[*secrets.Secret][]*secrets.Unit{}
	for _, u := range set.Units {
		for _, span := range u.Spans() {
			if s := set.Of(span); len(out[s]) == 0 || out[s][len(out[s])-1] != u {
				out[s] = append(out[s], u)
			}
		}
	}
	return out
}

// shownHolders bounds how many places of one value are named.
const shownHolders = 5

// mostHolders bounds how many are told apart.
const mostHolders = 100

func credentialEvidence(set *secrets.Set, holders map[*secrets.Secret][]*secrets.Unit, move secrets.Move) []plan.Evidence {
	out := []plan.Evidence{}
	others := map[*secrets.Unit]bool{}
	counted := map[*secrets.Secret]bool{}
	var names []string
	more := 0
	for _, span := range move.Unit.Spans() {
		secret := set.Of(span)
		if counted[secret] {
			continue
		}
		counted[secret] = true
		all := holders[secret]
		for i, u := range all {
			if u == move.Unit || others[u] {
				continue
			}
			if len(others) == mostHolders {
				more += len(all) - i // so many that they are not told apart
				break
			}
			others[u] = true
			if len(names) < shownHolders {
				names = append(names, strings.TrimSpace(u.Service+" "+u.Key))
			}
		}
	}
	if n := len(others) - len(names) + more; n > 0 {
		names = append(names, fmt.Sprintf("%d more", n))
	}
	if len(names) > 0 {
		out = append(out, plan.Evidence{From: plan.FromCompose, Text: "the same value stands in " + strings.Join(names, ", ")})
	}
	if text := formEvidence[move.Form]; text != "" && move.From != "" {
		out = append(out, plan.Evidence{From: move.From, Text: text})
	}
	return out
}

var formEvidence = map[secrets.Form]string{
	secrets.FileForm:    "the image reads this variable from a file that another variable names",
	secrets.WrapperForm: "the image has a shell, and what it starts is known",
	secrets.ScriptForm:  "the image has a shell, and the command is a script for one",
	secrets.CommandForm: "the server takes a file of settings as its first argument",
	secrets.CheckForm:   "the image has a shell for the health check",
}

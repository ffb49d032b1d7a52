package secrets

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"batten/plan"
	"batten/project"
)

// checkOf is the health check of a service as it is written, or as the image has
// it, spelled for a compose file.
func (m *migration) checkOf(svc project.Service) []Scalar {
	if w, ok := m.p.Lookup("services", svc.Name, "healthcheck", "test"); ok {
		if w.Node.Kind == yaml.ScalarNode {
			return []Scalar{{Text: "CMD-SHELL"}, {Text: w.Text, Written: w}}
		}
		var out []Scalar
		for _, n := range w.Node.Content {
			out = append(out, Scalar{Text: n.Value, Written: project.Written{Node: n}})
		}
		return out
	}
	if svc.Config.HealthCheck != nil && (svc.Config.HealthCheck.Disable || len(svc.Config.HealthCheck.Test) > 0) {
		return nil // none, or from another file
	}
	if svc.Facts == nil || len(svc.Facts.HealthCheck) == 0 {
		return nil
	}
	out := []Scalar{{Text: "CMD"}}
	for _, a := range svc.Facts.HealthCheck {
		out = append(out, Scalar{Text: escape(a)})
	}
	return out
}

// inCheck tells that a health check uses a variable of the container.
func (m *migration) inCheck(svc project.Service, variable string) bool {
	if !variableName.MatchString(variable) {
		return false
	}
	for _, sc := range m.checkOf(svc) {
		if usesVariable(sc.Text, variable) {
			return true
		}
	}
	return false
}

// usesVariable tells that a text has $$NAME or $${NAME in it: what a shell in the
// container fills in.
func usesVariable(text, variable string) bool {
	for {
		i := strings.Index(text, "$$")
		if i < 0 {
			return false
		}
		text = strings.TrimPrefix(text[i+2:], "{")
		if n := nameLength(text); text[:n] == variable {
			return true
		}
	}
}

// check is the script of a service's health check after units are moved: its own
// credentials are read from files, and variables that the container no longer has
// are set first. It is false when the check cannot be written so.
func (m *migration) check(svc project.Service, units []*Unit) (string, bool) {
	test := m.checkOf(svc)
	if len(test) < 2 || !shellOf(svc) {
		return "", false
	}
	var prefix strings.Builder
	spans := map[*yaml.Node][]Span{}
	for _, u := range units {
		if u.Place == HealthCheck {
			for _, sc := range u.Scalars {
				spans[sc.Written.Node] = sc.Spans
			}
			continue
		}
		value, ok := m.content(u)
		if !ok || !wrappable(u.Variable, value) {
			return "", false
		}
		prefix.WriteString(escape(export(u.Variable, m.word(u, func(name, _ string) string { return name }))))
	}
	for i := range test {
		test[i].Spans = spans[test[i].Written.Node]
	}
	name := func(s Span) string { return m.set.Of(s).Name }
	args := test[1:]
	if test[0].Text == "CMD" && len(args) == 3 && isShell(args[0].Text) && (args[1].Text == "-c" || args[1].Text == "-ec") {
		args = args[2:]
	} else if test[0].Text == "CMD" {
		script, ok := commandLine(args, name)
		return prefix.String() + script, ok
	} else if test[0].Text != "CMD-SHELL" {
		return "", false
	}
	if len(args) != 1 {
		return "", false
	}
	script, ok := inScript(args[0].Text, args[0].Spans, name)
	return prefix.String() + script, ok
}

func isShell(s string) bool {
	for _, one := range shells {
		if s == one {
			return true
		}
	}
	return false
}

var safeWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,=-]+$`)

// commandLine writes an argument vector as a script, spelled for a compose file.
func commandLine(args []Scalar, name func(Span) string) (string, bool) {
	words := make([]string, len(args))
	for i, a := range args {
		at := 0
		for _, s := range a.Spans {
			if s.Variable != "" || len(references(a.Text[at:s.Start])) > 0 {
				return "", false
			}
			at = s.End
		}
		switch {
		case len(references(a.Text[at:])) > 0:
			return "", false // what is filled in could end its word
		case len(a.Spans) == 0 && safeWord.MatchString(a.Text):
			words[i] = a.Text
		case a.Text == "":
			words[i] = "''"
		default:
			words[i] = escape(assemble(a.Text, a.Spans, name))
		}
	}
	return strings.Join(words, " "), true
}

// byCheck changes the health check for all units of the service that concern it.
func (m *migration) byCheck(f *fix, svc project.Service, u *Unit, wanted func(*Unit) bool) {
	var units []*Unit
	for _, other := range m.byService[u.Service] {
		if other != u && !wanted(other) {
			continue
		}
		form := m.choices[other].form
		if form == CheckForm || (form == FileForm || form == WrapperForm) && m.inCheck(svc, other.Variable) {
			units = append(units, other)
		}
	}
	script, ok := m.check(svc, units)
	if !ok {
		return // units that cannot be here have another form
	}
	if f.summary == "" {
		f.summary = "let the health check read the password from a file"
	}
	f.changes = append(f.changes, plan.SetService(u.Service, []any{"CMD-SHELL", script}, "healthcheck", "test"))
	for _, other := range units {
		if other.Place != HealthCheck {
			m.word(other, func(name, value string) string {
				f.secret(name, value, style{})
				return name
			})
			continue
		}
		for _, sc := range other.Scalars {
			for _, s := range sc.Spans {
				f.secret(m.set.Of(s).Name, s.Value.Reveal(), style{})
			}
		}
	}
}

package secrets

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"batten/plan"
	"batten/project"
)

// Secret is one value, wherever it stands.
type Secret struct {
	Name  string // of its file: [a-z0-9_], made from keys
	Value plan.Sensitive
}

// Set is what was found in a project.
type Set struct {
	// Units hold credentials in the file itself, in the order in which they stand
	// there. References name one that comes from elsewhere.
	Units, References []*Unit
	// Secrets are the distinct values of the units and of those references whose
	// value is known, in the order in which they were met.
	Secrets []*Secret

	byValue map[string]*Secret
	literal []plan.Sensitive // defaults that another value overrides
}

// Of is the secret of a span.
func (s *Set) Of(span Span) *Secret { return s.byValue[span.Value.Reveal()] }

// Find looks for credentials in all files of a project.
func Find(p *project.Project) *Set {
	var all []seen
	walk(p, func(one seen) {
		detect(&one)
		all = append(all, one)
	})
	propagate(all)
	s := &Set{byValue: map[string]*Secret{}}
	units := map[string]*Unit{}
	for _, one := range all {
		u := unitOf(one)
		reference := refers(one)
		if !reference && !slices.ContainsFunc(one.scalars, func(sc Scalar) bool { return len(sc.Spans) > 0 }) {
			// A later file may overrule a literal with something harmless: then that is
			// what counts, and the literal is still there.
			if old := units[identity(u)]; old != nil && u.Place != Command && u.Place != Entrypoint && u.Place != HealthCheck {
				old.Scalars = append(old.Scalars, one.scalars...)
			}
			continue
		}
		s.resolve(p, one.scalars, reference)
		id := identity(u)
		switch old := units[id]; {
		case old == nil:
			u.Scalars, u.Reference = one.scalars, reference
			units[id] = u
			s.Units = append(s.Units, u)
		case u.Place == Command || u.Place == Entrypoint || u.Place == HealthCheck:
			u.Key += " in " + p.Sources[one.scalars[0].Written.File].Name // each file has its own
			u.Scalars = one.scalars
			s.Units = append(s.Units, u)
		default:
			old.Scalars = append(old.Scalars, one.scalars...)
			old.Reference = old.Reference && reference
		}
	}
	s.References = slices.Clone(s.Units)
	s.Units = slices.DeleteFunc(s.Units, func(u *Unit) bool { return u.Reference })
	s.References = slices.DeleteFunc(s.References, func(u *Unit) bool { return !u.Reference })
	s.name(p)
	return s
}

// Left are the literal credentials of a project: none in one that was hardened.
func Left(p *project.Project) []*Unit { return Find(p).Units }

// detect fills the spans of what a walk came by.
func detect(one *seen) {
	switch one.place {
	case Command, Entrypoint, HealthCheck:
		args := make([]string, len(one.scalars))
		for i, sc := range one.scalars {
			args[i] = sc.Text
		}
		for _, a := range argumentSpans(args) {
			one.scalars[a.item].Spans = append(one.scalars[a.item].Spans, a.Span)
		}
	case Config:
		one.scalars[0].Spans = textSpans(one.scalars[0].Text, false)
	default:
		sc := &one.scalars[0]
		name := one.name
		if one.prose && strings.ContainsAny(sc.Text, " \t\n") {
			name = "" // a sentence about a password
		}
		sc.Spans = entrySpans(name, sc.Text, one.prose)
	}
}

// refers tells that an environment variable is a credential by its name, and a
// reference by its value.
func refers(one seen) bool {
	if one.place != Environment || one.shared || one.extended || !Credential(one.name) {
		return false
	}
	sc := one.scalars[0]
	return len(sc.Spans) == 0 && len(references(sc.Text)) > 0
}

// unitOf names what a walk came by.
func unitOf(one seen) *Unit {
	u := &Unit{Service: one.service, Place: one.place, Shared: one.shared || one.extended}
	u.Prose = one.prose && strings.ContainsAny(one.scalars[0].Text, " \t\n")
	direct := one.service != "" && !u.Shared
	switch at := one.at; {
	case direct && len(at) == 4 && at[2] == "environment":
		u.Key, u.Variable = one.name, one.name
	case direct && len(at) == 4 && at[2] == "labels":
		u.Key, u.Variable = "label "+one.name, one.name
	case direct && one.place == BuildArg && len(at) == 5:
		u.Key, u.Variable = "build argument "+one.name, one.name
	case direct && one.place != Environment && len(at) > 2:
		u.Key = at[2:].String()
	case one.place == Config && !u.Shared:
		u.Key, u.Variable = "config "+at[1], at[1]
	default:
		// Where several services have it, the place names it.
		u.Service, u.Key, u.Variable = "", at.String(), one.name
		if u.Place != Command && u.Place != Entrypoint && u.Place != HealthCheck {
			u.Place = Other
		}
	}
	if direct && u.Place == Environment && len(one.at) != 4 {
		u.Service, u.Place, u.Key = one.service, Other, one.at[min(2, len(one.at)):].String()
	}
	u.Key = oneLine(u.Key)
	return u
}

// oneLine keeps a key from breaking the line that it is shown in.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '·'
		}
		return r
	}, s)
}

func identity(u *Unit) string {
	return u.Service + "\x00" + string(u.Place) + "\x00" + u.Key
}

// resolve gives spans of defaults the value that compose would put there, and
// takes the secrets in.
func (s *Set) resolve(p *project.Project, scalars []Scalar, reference bool) {
	for i := range scalars {
		sc := &scalars[i]
		if reference {
			if v, ok := expand(p, sc.Written.File, sc.Text); ok && v != "" {
				s.take(v)
			}
			continue
		}
		for j := range sc.Spans {
			span := &sc.Spans[j]
			if span.Variable != "" {
				s.literal = append(s.literal, span.Value)
				if v, ok := expand(p, sc.Written.File, sc.Text[span.Start:span.End]); ok && v != "" {
					span.Value = plan.NewSensitive(v)
				}
			}
			s.take(span.Value.Reveal())
		}
	}
}

func (s *Set) take(value string) {
	if s.byValue[value] == nil {
		s.byValue[value] = &Secret{Value: plan.NewSensitive(value)}
		s.Secrets = append(s.Secrets, s.byValue[value])
	}
}

// expand fills the variables of a text in a file in. It is false when one of them
// is set nowhere.
func expand(p *project.Project, file int, text string) (string, bool) {
	if len(references(text)) == 0 {
		return unescape(text), true
	}
	return p.ExpandAt(project.Written{File: file, Text: text})
}

// propagate finds values that are surely secrets at places where nothing but the
// value gives them away.
func propagate(all []seen) {
	known := map[string]bool{}
	for _, one := range all {
		for _, sc := range one.scalars {
			for _, span := range sc.Spans {
				if v := span.Value.Reveal(); telling(v) {
					known[v] = true
				}
			}
		}
	}
	if len(known) == 0 {
		return
	}
	for _, one := range all {
		for i := range one.scalars {
			sc := &one.scalars[i]
			var more []Span
			for start, end := range pieces(sc.Text) {
				if v := sc.Text[start:end]; known[v] {
					more = append(more, Span{Start: start, End: end, Value: plan.NewSensitive(v)})
				}
			}
			if len(more) > 0 {
				sc.Spans = tidy(slices.Concat(sc.Spans, more))
			}
		}
	}
}

// telling values are taken for the secret wherever they stand: others may be the
// name of a user or a database as well.
func telling(v string) bool { return len(v) >= 8 && classes(v) >= 2 && !strings.ContainsAny(v, "$") }

// pieces yields the parts of a text between characters that part settings, and
// the text itself.
func pieces(text string) func(yield func(int, int) bool) {
	return func(yield func(int, int) bool) {
		if !yield(0, len(text)) {
			return
		}
		start := 0
		for i := 0; i <= len(text); i++ {
			if i < len(text) && strings.IndexByte(" \t\r\n\"'=:@/,;()[]{}&?|<>", text[i]) < 0 {
				continue
			}
			if i > start && i-start < len(text) && !yield(start, i) {
				return
			}
			start = i + 1
		}
	}
}

// compareUnits orders units by service and key.
func compareUnits(a, b *Unit) int {
	return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Key, b.Key))
}

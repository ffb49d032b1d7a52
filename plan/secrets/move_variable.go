package secrets

import (
	"maps"
	"slices"
	"strings"

	"batten/plan"
)

// variablesFile holds what compose fills in. A shell reads it.
const variablesFile = "compose.env"

// nameVariables gives each secret a variable that no file refers to yet, and that no
// service is handed on from the environment.
func (m *migration) nameVariables() {
	m.referred = map[string]int{}
	walk(m.p, func(one seen) {
		for _, sc := range one.scalars {
			collect(sc.Text, m.referred, 0)
		}
	})
	m.defaults = map[defaultValue]int{}
	for _, u := range m.set.Units {
		for _, s := range u.Spans() {
			m.defaults[defaultValue{s.Variable, s.Value.Reveal()}]++
		}
	}
	m.handed = handedOn(m.p)
	for _, f := range m.o.EnvFiles {
		for _, name := range f.Secret {
			m.handed[name] = m.handed[name] || f.Service != ""
		}
	}
	taken := maps.Clone(m.handed)
	for name := range m.referred {
		taken[name] = true
	}
	for _, secret := range m.set.Secrets {
		m.variables[secret.Name] = strings.ToUpper(unused(taken, strings.ToUpper(secret.Name)))
	}
}

// defaultValue is a variable with what one of its defaults comes to.
type defaultValue struct{ variable, value string }

func collect(text string, into map[string]int, depth int) {
	for _, r := range references(text) {
		into[r.name]++
		if r.hasDefault() && depth < maxNesting {
			collect(text[r.from:r.to], into, depth+1)
		}
	}
}

// variable is the name of what stands for a span: for a default, the variable
// that has it, unless another place would get another value from it then: one with
// another default or none, or a service that it is handed on to.
func (m *migration) variable(file int, s Span) string {
	if s.Variable == "" {
		return m.variables[m.set.Of(s).Name]
	}
	if v, ok := expand(m.p, file, "${"+s.Variable+"}"); ok && v != "" {
		return s.Variable
	}
	if m.handed[s.Variable] || m.referred[s.Variable] != m.defaults[defaultValue{s.Variable, s.Value.Reveal()}] {
		return m.variables[m.set.Of(s).Name]
	}
	return s.Variable
}

// byVariable lets compose fill the value in.
func (m *migration) byVariable(f *fix, u *Unit, wanted func(*Unit) bool) {
	names := []string{}
	for _, sc := range u.Scalars {
		if len(sc.Spans) == 0 {
			continue
		}
		text := replace(sc.Text, sc.Spans, func(s Span) string {
			name := m.variable(sc.Written.File, s)
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
			return "${" + name + "}"
		})
		f.changes = append(f.changes, plan.ReplaceAt(sc.Written, sc.Prefix+text))
	}
	slices.Sort(names)
	f.summary = "take " + strings.Join(names, ", ") + " in " + u.Key + " from the environment"
	if u.Place != BuildArg {
		f.summary += stillShown
	}
	content := m.plan
	if !wanted(u) {
		content = m.composeEnv(func(other *Unit) bool { return other == u || wanted(other) })
	}
	if content == "" {
		return // all are set already
	}
	f.keep(variablesFile, content, 0o600, nil)
	file := m.path(variablesFile)
	f.notes = append(f.notes, "before every start: set -a; . "+file+"; set +a — it starts with an EMPTY credential unless that was done")
	switch u.Place {
	case BuildArg:
		f.notes = append(f.notes, "a build argument stays in the image's history: use a build secret, and build again without it")
	default:
		f.notes = append(f.notes, "the value is out of the compose file, and docker inspect still shows it")
	}
}

// composeEnv is the file of variables for all units that will be moved so.
func (m *migration) composeEnv(wanted func(*Unit) bool) string {
	lines := map[string]bool{}
	for _, u := range m.set.Units {
		if m.choices[u].form != VariableForm || !wanted(u) {
			continue
		}
		for _, sc := range u.Scalars {
			for _, s := range sc.Spans {
				name := m.variable(sc.Written.File, s)
				if v, ok := expand(m.p, sc.Written.File, "${"+name+"}"); name == s.Variable && ok && v != "" {
					continue // set by the user already
				}
				lines[name+"="+Quote(s.Value.Reveal())+"\n"] = true
			}
		}
	}
	all := make([]string, 0, len(lines))
	for l := range lines {
		all = append(all, l)
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

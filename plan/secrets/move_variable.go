package secrets

import (
	"slices"
	"strings"

	"batten/plan"
)

// variablesFile holds what compose fills in. A shell reads it.
const variablesFile = "compose.env"

// nameVariables gives each secret a variable that no file refers to yet.
func (m *migration) nameVariables() {
	taken := map[string]bool{}
	walk(m.p, func(one seen) {
		for _, sc := range one.scalars {
			collect(sc.Text, taken, 0)
		}
	})
	for _, secret := range m.set.Secrets {
		m.variables[secret.Name] = strings.ToUpper(unused(taken, strings.ToUpper(secret.Name)))
	}
}

func collect(text string, into map[string]bool, depth int) {
	for _, r := range references(text) {
		into[r.name] = true
		if r.hasDefault() && depth < maxNesting {
			collect(text[r.from:r.to], into, depth+1)
		}
	}
}

// variable is the name of what stands for a span: for a default, the variable
// that has it, unless another place gives that another default.
func (m *migration) variable(file int, s Span) string {
	if s.Variable == "" {
		return m.variables[m.set.Of(s).Name]
	}
	if v, ok := expand(m.p, file, "${"+s.Variable+"}"); ok && v != "" {
		return s.Variable
	}
	for _, u := range m.set.Units {
		for _, sc := range u.Scalars {
			for _, other := range sc.Spans {
				if other.Variable == s.Variable && other.Value.Reveal() != s.Value.Reveal() {
					return m.variables[m.set.Of(s).Name]
				}
			}
		}
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
	f.notes = append(f.notes, "before every start: set -a; . "+file+"; set +a")
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

package secrets

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"batten/plan"
	"batten/project"
)

var (
	// asIs are the values that every reader of such files takes as they are: those
	// that fill variables in, strip comments and quotes, and those that do nothing.
	asIs     = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,=~^*!?-]+$`)
	envNames = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)
)

// line is a variable in a file of variables. Others than plain values are put in
// quotes, which a stack would take for part of the value.
func line(variable, value string, target plan.Target) (string, bool) {
	switch {
	case !envNames.MatchString(variable):
		return "", false
	case asIs.MatchString(value):
		return variable + "=" + value + "\n", true
	case value == "" || target == plan.TargetSwarm || strings.ContainsAny(value, "'\\\n\r\x00") || strings.Contains(value, "${"):
		return "", false
	}
	return variable + "='" + value + "'\n", true
}

// envFile is a file of variables, the same for all fixes that are made together.
type envFile struct {
	content string
	quoted  bool // a value in it is
}

func (m *migration) envFile(units []*Unit) envFile {
	var content strings.Builder
	out := envFile{}
	for _, u := range units {
		value, _ := m.content(u)
		text, _ := line(u.Variable, value, m.o.Target)
		content.WriteString(text)
		out.quoted = out.quoted || !asIs.MatchString(value)
	}
	out.content = content.String()
	return out
}

// byEnvFile keeps the service's variables in a file of its own.
func (m *migration) byEnvFile(f *fix, svc project.Service, u *Unit) {
	name := u.Service + ".env"
	if name == variablesFile {
		name = "service-" + name
	}
	file, known := m.envFiles[u.Service]
	if !known || !m.wanted(u) {
		file = m.envFile(m.together(u, EnvFileForm, m.wanted))
		if m.wanted(u) {
			m.envFiles[u.Service] = file
		}
	}
	f.keep(name, file.content, 0o600, nil)
	f.summary = "read " + u.Variable + " from " + m.path(name) + stillShown
	f.changes = append(f.changes, m.removeEntry(u.Service, u.Variable)...)
	f.changes = append(f.changes, m.addEnvFile(svc, written(m.path(name))))
	f.notes = append(f.notes, "the value is out of the compose file, and docker inspect still shows it: the image has no known way of reading it from a file")
	if file.quoted {
		f.notes = append(f.notes, "a value in "+m.path(name)+" is in quotes, which docker stack would take for part of it")
	}
}

// addEnvFile puts a file at the end, where it counts most.
func (m *migration) addEnvFile(svc project.Service, file string) plan.Change {
	w, ok := m.p.Lookup("services", svc.Name, "env_file")
	if ok && w.Node.Kind == yaml.ScalarNode && w.Node.Tag != "!!null" {
		return plan.SetService(svc.Name, []any{w.Text, file}, "env_file")
	}
	return plan.AddItem(svc.Name, "env_file", file, "")
}

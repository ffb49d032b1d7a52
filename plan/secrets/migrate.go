package secrets

import (
	"cmp"
	"slices"

	"go.yaml.in/yaml/v4"

	"batten/plan"
	"batten/project"
)

// Options are what moving depends on beside the project.
type Options struct {
	Folder   string // batten's, relative to the project's: "hardened"
	Target   plan.Target
	EnvFiles []plan.EnvFile
}

// Move is how one unit is moved.
type Move struct {
	Unit *Unit
	Form Form
	// From is what the form is known from: [plan.FromFacts] or [plan.FromImage]; ""
	// when nothing about the image was needed.
	From string
	Fix  plan.Fix
}

// Migrate says for each unit of a set, and each reference that is better moved,
// how that is done. Wanted tells which of them will be: what several units share
// (an entry point, a file of variables) is made for those together, so that every
// move is right whichever others are left out. Two moves that change the same
// thing hold the same change.
func Migrate(p *project.Project, s *Set, wanted func(*Unit) bool, o Options) []Move {
	m := &migration{p: p, set: s, o: o, wanted: wanted, services: map[string]project.Service{}, byService: map[string][]*Unit{},
		choices: map[*Unit]choice{}, derived: map[string]string{}, taken: map[string]bool{}, variables: map[string]string{},
		entries: map[string]map[string][]project.Written{}, canWrap: map[string]bool{}, canMerge: map[string]bool{},
		crowded: map[string]bool{}, envFiles: map[string]envFile{}}
	for _, svc := range p.Services {
		m.services[svc.Name] = svc
	}
	if p.Model != nil {
		for name := range p.Model.Secrets {
			m.taken[name] = true
		}
	}
	for _, secret := range s.Secrets {
		m.taken[secret.Name] = true
	}
	all := slices.Concat(s.Units, s.References)
	for _, u := range all {
		m.byService[u.Service] = append(m.byService[u.Service], u)
	}
	m.nameVariables()
	wrapped := map[string]int{}
	for _, u := range all {
		m.choices[u] = m.choose(u)
		if m.choices[u].form == WrapperForm && u.Place == Environment {
			wrapped[u.Service]++
		}
	}
	for _, u := range all {
		if wrapped[u.Service] > mostWrapped {
			m.crowded[u.Service] = true
			m.choices[u] = m.choose(u)
		}
	}
	m.plan = m.composeEnv(wanted)
	var out []Move
	for _, u := range all {
		if move, ok := m.move(u, wanted); ok {
			out = append(out, move)
		}
	}
	slices.SortStableFunc(out, func(a, b Move) int { return compareUnits(a.Unit, b.Unit) })
	return out
}

// mostWrapped bounds how many variables of a service a shell reads from files: each of
// their fixes names all of the files, and all are one script.
const mostWrapped = 200

type migration struct {
	p         *project.Project
	set       *Set
	o         Options
	wanted    func(*Unit) bool
	services  map[string]project.Service
	byService map[string][]*Unit
	choices   map[*Unit]choice
	derived   map[string]string // names of files that hold more than one secret's value, by content
	taken     map[string]bool   // names of secrets
	variables map[string]string // names for interpolation, by secret's name
	plan      string            // content of the file of those
	handed    map[string]bool   // variables that something is given by name
	referred  map[string]int    // how often each variable is referred to
	defaults  map[defaultValue]int
	entries   map[string]map[string][]project.Written // of a service's environment, by key
	canWrap   map[string]bool
	canMerge  map[string]bool
	crowded   map[string]bool // services with more to wrap than is done so
	envFiles  map[string]envFile
}

// choice is the form of a unit.
type choice struct {
	form  Form
	style style
	from  string
	why   string // why nothing can be done
}

// choose takes the best form that is possible.
func (m *migration) choose(u *Unit) choice {
	svc, known := m.services[u.Service]
	switch {
	case u.Prose:
		return choice{form: TextForm}
	case u.Place == Config && !u.Shared && m.here(u.last().Written.File):
		if _, ok := m.content(u); ok {
			return choice{form: ConfigForm}
		}
	case u.Shared || !known:
	case u.Place == Environment:
		return m.chooseVariable(u, svc)
	case u.Place == Command || u.Place == Entrypoint:
		return m.chooseStart(u, svc)
	case u.Place == HealthCheck && m.only(u):
		if _, ok := m.check(svc, []*Unit{u}); ok {
			return choice{form: CheckForm, from: m.shellFrom(svc)}
		}
	}
	return choice{form: VariableForm}
}

func (m *migration) chooseVariable(u *Unit, svc project.Service) choice {
	value, known := m.content(u)
	if m.comesBack(u) {
		if u.Reference {
			return choice{}
		}
		return choice{form: VariableForm}
	}
	if u.Reference && (!known || value == "") {
		if _, _, ok := imageStyle(svc, u.Variable); !ok {
			return choice{}
		}
		return choice{why: "no value is set for what " + u.Variable + " refers to: put it into .env"}
	}
	// A health check that uses the variable has to get it another way. It is written
	// anew then, which it cannot be with a literal that is to stay.
	checked := known
	if known && m.inCheck(svc, u.Variable) {
		literals := m.placed(u.Service, HealthCheck)
		_, checked = m.check(svc, append(literals, u))
		checked = checked && !slices.ContainsFunc(literals, func(c *Unit) bool { return !m.wanted(c) })
	}
	if checked && !m.elsewhere(svc, u.Variable) {
		if st, from, ok := imageStyle(svc, u.Variable); ok && !(st.script && m.ownStart(svc)) {
			return choice{form: FileForm, style: st, from: from}
		}
	}
	if checked && !m.crowded[u.Service] && wrappable(u.Variable, value) {
		if m.wrapped(svc) {
			return choice{form: WrapperForm, from: plan.FromImage}
		}
	}
	switch {
	case u.Reference:
		return choice{}
	case known:
		if _, ok := line(u.Variable, value, m.o.Target); ok && m.hereAll(u.Service) {
			return choice{form: EnvFileForm}
		}
	}
	return choice{form: VariableForm}
}

// content is the value that counts of a unit, as the container or file gets it.
func (m *migration) content(u *Unit) (string, bool) {
	sc := u.last()
	if svc, ok := m.services[u.Service]; ok && u.Place == Environment && sc.Written.Node != nil && sc.Written.Node.Tag != "!!str" && sc.Prefix == "" {
		// A number is what compose makes of it: 0755 is not those four characters.
		if v := svc.Config.Environment[u.Variable]; v != nil && len(references(sc.Text)) == 0 {
			return *v, true
		}
	}
	return resolved(m.p, sc)
}

// placed are the units of a service that stand in one sort of place.
func (m *migration) placed(service string, place Place) []*Unit {
	var out []*Unit
	for _, u := range m.byService[service] {
		if u.Place == place {
			out = append(out, u)
		}
	}
	return out
}

// only tells that a command is written in one file only: one that is written anew
// would leave the other as it is.
func (m *migration) only(u *Unit) bool {
	return len(m.placed(u.Service, u.Place)) == 1 && len(m.p.LookupAll(u.last().Written.Path[:3]...)) == 1
}

// comesBack tells that a variable which is taken out of a service is still there:
// from a mapping that is merged in, or a service that this one extends.
func (m *migration) comesBack(u *Unit) bool {
	if _, ok := m.p.Lookup("services", u.Service, "extends"); ok {
		return true
	}
	all := m.p.LookupAll("services", u.Service, "environment")
	any, known := m.canMerge[u.Service]
	if !known {
		any = slices.ContainsFunc(all, func(w project.Written) bool {
			return slices.ContainsFunc(w.Node.Content, func(n *yaml.Node) bool { return n.Tag == "!!merge" })
		})
		m.canMerge[u.Service] = any
	}
	return any && slices.ContainsFunc(all, func(w project.Written) bool { return merges(w.Node, u.Variable, 0) })
}

// merges tells that a mapping has a key through its merge keys.
func merges(n *yaml.Node, key string, depth int) bool {
	if n.Kind != yaml.MappingNode || depth > maxNesting {
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag != "!!merge" {
			continue
		}
		targets := []*yaml.Node{n.Content[i+1]}
		if targets[0].Kind == yaml.SequenceNode {
			targets = targets[0].Content
		}
		for _, t := range targets {
			if t.Kind == yaml.AliasNode {
				t = t.Alias
			}
			if childNode(t, key) || merges(t, key, depth+1) {
				return true
			}
		}
	}
	return false
}

func childNode(n *yaml.Node, key string) bool {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return true
		}
	}
	return false
}

// resolved puts the values of spans into a text and fills the rest in.
func resolved(p *project.Project, sc *Scalar) (string, bool) {
	text, file := sc.Text, sc.Written.File
	var out []byte
	at := 0
	for _, s := range sc.Spans {
		rest, ok := expand(p, file, text[at:s.Start])
		if !ok {
			return "", false
		}
		out = append(append(out, rest...), s.Value.Reveal()...)
		at = s.End
	}
	rest, ok := expand(p, file, text[at:])
	return string(append(out, rest...)), ok
}

// elsewhere tells that a variable is also set by the image or by an env_file:
// images that take a file refuse both.
func (m *migration) elsewhere(svc project.Service, variable string) bool {
	if svc.Facts != nil && slices.Contains(svc.Facts.EnvNames, variable) {
		return true
	}
	return slices.ContainsFunc(m.o.EnvFiles, func(f plan.EnvFile) bool {
		return f.Service == svc.Name && slices.Contains(f.Secret, variable)
	})
}

// shells are programs that are started in place of what the image starts.
var shells = []string{"sh", "bash", "ash", "dash", "/bin/sh", "/bin/bash", "/bin/ash"}

// ownStart tells that a service does not start what the image's entry point
// script looks for.
func (m *migration) ownStart(svc project.Service) bool {
	return len(svc.Config.Entrypoint) > 0 || len(svc.Config.Command) > 0 && slices.Contains(shells, svc.Config.Command[0])
}

func (m *migration) shellFrom(svc project.Service) string {
	if svc.Facts != nil && svc.Facts.Files != nil {
		return plan.FromImage
	}
	return plan.FromFacts
}

// together are the units of a service with a form that will be moved when this
// one is, this one included.
func (m *migration) together(u *Unit, form Form, wanted func(*Unit) bool) []*Unit {
	var out []*Unit
	for _, other := range m.byService[u.Service] {
		if m.choices[other].form == form && (other == u || wanted(other)) {
			out = append(out, other)
		}
	}
	return out
}

// file names the file that a value is kept in: a secret's own, or one for a value
// that has a secret inside.
func (m *migration) file(u *Unit, value string) string {
	if secret := m.set.byValue[value]; secret != nil {
		return secret.Name
	}
	key := cmp.Or(u.Service, string(u.Place)) + "_" + cmp.Or(u.Variable, u.Key)
	return m.derive(key, value)
}

func (m *migration) derive(key, value string) string {
	id := key + "\x00" + value
	if m.derived[id] == "" {
		m.derived[id] = unused(m.taken, snake(key))
	}
	return m.derived[id]
}

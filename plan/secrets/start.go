package secrets

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"batten/plan"
	"batten/project"
)

// started is what a service starts, spelled for a compose file, with the
// credentials in it.
type started struct {
	words []Scalar
	// command is true when the compose file has one, which is to go: compose would
	// append it to another entry point.
	command bool
	// image is true when words are the image's.
	image bool
}

// ofStart tells that a unit is the command or entry point of its service itself,
// and not one of a hook.
func ofStart(u *Unit) bool {
	at := u.last().Written.Path
	return !u.Shared && (u.Place == Command || u.Place == Entrypoint) && (len(at) == 3 || len(at) == 4) && vectors[at[2]] == u.Place
}

// starts are the units of what a service starts.
func (m *migration) starts(service string) []*Unit {
	return slices.DeleteFunc(slices.Clone(m.byService[service]), func(u *Unit) bool { return !ofStart(u) })
}

// chooseStart takes the best form for a credential in a command or entry point.
func (m *migration) chooseStart(u *Unit, svc project.Service) choice {
	if u.Place == Command && m.only(u) {
		if _, ok := m.redis(svc, u); ok {
			return choice{form: CommandForm, from: plan.FromFacts}
		}
		if _, ok := m.script(svc); ok {
			return choice{form: ScriptForm, from: m.shellFrom(svc)}
		}
	}
	if ofStart(u) && m.startable(svc, u) {
		return choice{form: WrapperForm, from: plan.FromImage}
	}
	return choice{form: VariableForm}
}

// startable tells that a shell can start all that a service starts in its place,
// with the unit and every other credential in it moved: what is written anew holds
// none. What is inherited cannot be taken away, and who inherits would get it.
func (m *migration) startable(svc project.Service, u *Unit) bool {
	for _, other := range m.starts(svc.Name) {
		if other != u && !m.wanted(other) {
			return false
		}
	}
	if len(m.p.LookupAll("services", svc.Name, "entrypoint")) > 1 || m.comesBackWhole(svc.Name) || m.inherited(svc.Name) {
		return false
	}
	_, ok := m.started(svc)
	return ok
}

// comesBackWhole tells that a service gets a command or entry point from elsewhere
// when its own is taken away.
func (m *migration) comesBackWhole(service string) bool {
	if _, ok := m.p.Lookup("services", service, "extends"); ok {
		return true
	}
	return slices.ContainsFunc(m.p.LookupAll("services", service), func(w project.Written) bool {
		return merges(w.Node, "command", 0) || merges(w.Node, "entrypoint", 0)
	})
}

// inherited tells that another service extends one of this name.
func (m *migration) inherited(service string) bool {
	return slices.ContainsFunc(m.p.Services, func(other project.Service) bool {
		for _, w := range slices.Concat(m.p.LookupAll("services", other.Name, "extends"), m.p.LookupAll("services", other.Name, "extends", "service")) {
			if w.Text == service {
				return true
			}
		}
		return false
	})
}

// started is what a service starts. It is false when that is not known for sure,
// or when there is no shell to start it.
func (m *migration) started(svc project.Service) (started, bool) {
	if svc.Facts == nil || svc.Facts.Files == nil || !shellOf(svc) {
		return started{}, false
	}
	entry, ownEntry, ok := m.words(svc, Entrypoint, svc.Config.Entrypoint)
	if !ok {
		return started{}, false
	}
	command, ownCommand, ok := m.words(svc, Command, svc.Config.Command)
	if !ok {
		return started{}, false
	}
	if !ownEntry {
		entry = scalars(svc.Facts.Entrypoint)
		if !ownCommand {
			command = scalars(svc.Facts.Command)
		}
	}
	out := started{words: slices.Concat(entry, command), command: ownCommand, image: !ownEntry}
	holds := func(sc Scalar) bool { return len(sc.Spans) > 0 }
	if !slices.ContainsFunc(out.words, holds) || len(references(out.words[0].Text)) > 0 || out.words[0].Text == "" || out.words[0].Text[0] == '-' {
		return started{}, false
	}
	return out, true
}

// scalars are words of an image.
func scalars(words []string) []Scalar {
	out := make([]Scalar, len(words))
	for i, w := range words {
		out[i].Text = escape(w)
	}
	return out
}

// words are those of a command or entry point as the compose file has it, and
// whether it has one. They are certain when filled in they are what compose came
// to, and a shell can read each credential.
func (m *migration) words(svc project.Service, place Place, want []string) (words []Scalar, own, ok bool) {
	w, found := m.p.Lookup("services", svc.Name, string(place))
	if !found || w.Node.Tag == "!!null" {
		return nil, false, len(want) == 0
	}
	spans := map[*yaml.Node][]Span{}
	for _, u := range m.starts(svc.Name) {
		for _, sc := range u.Scalars {
			spans[sc.Written.Node] = sc.Spans
		}
	}
	if w.Node.Kind == yaml.ScalarNode {
		words, ok = split(Scalar{Text: w.Text, Written: w, Spans: spans[w.Node]})
	} else {
		words, ok = listed(w, spans)
	}
	if !ok || w.Shared || len(words) == 0 || len(words) != len(want) {
		return nil, true, false
	}
	for i := range words {
		if value, known := resolved(m.p, &words[i]); !known || value != want[i] || !readable(words[i].Spans) {
			return nil, true, false
		}
	}
	return words, true, true
}

func listed(w project.Written, spans map[*yaml.Node][]Span) ([]Scalar, bool) {
	var out []Scalar
	for _, n := range w.Node.Content {
		if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
			return nil, false
		}
		out = append(out, Scalar{Text: n.Value, Written: project.Written{File: w.File, Node: n}, Spans: spans[n]})
	}
	return out, w.Node.Kind == yaml.SequenceNode
}

// readable tells that a shell reads values from files as they are: it takes
// newlines at the end away.
func readable(spans []Span) bool {
	return !slices.ContainsFunc(spans, func(s Span) bool {
		v := s.Value.Reveal()
		return strings.HasSuffix(v, "\n") || strings.Contains(v, "\x00")
	})
}

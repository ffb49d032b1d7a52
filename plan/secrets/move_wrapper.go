package secrets

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"batten/plan"
	"batten/project"
)

func itoa(n int) string { return strconv.Itoa(n) }

// wrappable tells that a shell can set a variable to a value that it reads: the
// shell takes newlines at the end away.
func wrappable(variable, value string) bool {
	return variableName.MatchString(variable) && !strings.HasSuffix(value, "\n") && !strings.Contains(value, "\x00")
}

// original is what a service starts, spelled for a compose file: the entry point,
// and the command where the compose file has none and setting an entry point
// would clear the image's. It is false when that is not known, or when there is
// no shell to wrap it.
func (m *migration) original(svc project.Service) (entry, command []string, ok bool) {
	if svc.Facts == nil || svc.Facts.Files == nil || !shellOf(svc) {
		return nil, nil, false
	}
	for _, u := range m.byService[svc.Name] {
		if u.Place == Entrypoint {
			return nil, nil, false // its own credentials are changed in place
		}
	}
	ownCommand := false
	if w, found := m.p.Lookup("services", svc.Name, "command"); found {
		ownCommand = w.Node.Tag != "!!null"
	} else if len(svc.Config.Command) > 0 {
		return nil, nil, false // from a file that this one extends
	}
	w, found := m.p.Lookup("services", svc.Name, "entrypoint")
	switch {
	case found && w.Node.Kind == yaml.SequenceNode:
		for _, n := range w.Node.Content {
			if n.Kind != yaml.ScalarNode {
				return nil, nil, false
			}
			entry = append(entry, n.Value)
		}
	case found && w.Node.Kind == yaml.ScalarNode && w.Node.Tag != "!!null":
		if len(references(w.Text)) > 0 {
			return nil, nil, false // how it is parted into words depends on the values
		}
		entry = escapeAll(svc.Config.Entrypoint)
	case len(svc.Config.Entrypoint) > 0:
		return nil, nil, false
	default:
		entry = escapeAll(svc.Facts.Entrypoint)
		if !ownCommand {
			command = escapeAll(svc.Facts.Command)
		}
	}
	return entry, command, len(entry) > 0 || len(command) > 0 || ownCommand
}

func escapeAll(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = escape(w)
	}
	return out
}

// wrapped tells that a shell can be put before what a service starts: before a
// literal in the entry point only when that goes, too.
func (m *migration) wrapped(svc project.Service) bool {
	out, known := m.canWrap[svc.Name]
	if !known {
		out = m.canBeWrapped(svc)
		m.canWrap[svc.Name] = out
	}
	return out
}

func (m *migration) canBeWrapped(svc project.Service) bool {
	if slices.ContainsFunc(m.starts(svc.Name), func(u *Unit) bool { return u.Place == Entrypoint }) {
		return m.startable(svc, nil)
	}
	_, _, ok := m.original(svc)
	return ok
}

// byWrapper reads the files before the service starts, for all units of the service
// that need it.
func (m *migration) byWrapper(f *fix, svc project.Service, u *Unit, all []*Unit) {
	f.risk = "the service is started through a shell, and what is executed in it later does not have the variable"
	if u.Place == Environment {
		f.summary = "read " + u.Variable + " from a file before the service starts"
		f.changes = append(f.changes, m.removeEntry(u.Service, u.Variable)...)
	} else {
		f.summary = "read the credential in " + u.Key + " from a file before the service starts"
		f.risk = "the service is started through a shell"
	}
	var exports strings.Builder
	var files []string
	keep := func(name, value string) string {
		f.secret(name, value, style{})
		if !slices.Contains(files, name) {
			files = append(files, name)
		}
		return name
	}
	anew := false
	for _, other := range all {
		if other.Place == Environment {
			exports.WriteString(export(other.Variable, m.word(other, keep)))
		}
		anew = anew || other.Place != Environment
	}
	var run string
	var args []string
	if anew {
		run, args = m.startAnew(f, svc, keep)
	} else {
		entry, command, _ := m.original(svc)
		run, args = start, entry
		if len(command) > 0 {
			f.changes = append(f.changes, plan.SetService(u.Service, list(command), "command"))
		}
	}
	script := escape(reachable(files) + exports.String() + run)
	f.changes = append(f.changes, plan.SetService(u.Service, list(append([]string{"/bin/sh", "-ec", script}, args...)), "entrypoint"))
}

// startAnew writes all that a service starts into the script, and takes its command
// away.
func (m *migration) startAnew(f *fix, svc project.Service, keep func(name, value string) string) (run string, args []string) {
	s, _ := m.started(svc)
	run, args = s.line(func(span Span) string { return keep(m.nameOf(span), span.Value.Reveal()) })
	if s.command {
		f.changes = append(f.changes, plan.RemoveService(svc.Name, "command"))
	}
	f.notes = append(f.notes, "docker inspect does not show the value any more; the program still has it among its arguments, which ps shows on the host")
	if s.image {
		f.notes = append(f.notes, "the image's entry point now stands in the compose file: compare it when the image changes")
	}
	return "exec " + run, args
}

// word is a shell word for the value of a variable, put together from files, which
// keep is told of.
func (m *migration) word(u *Unit, keep func(name, value string) string) string {
	sc := u.last()
	value, _ := m.content(u)
	plain := len(sc.Spans) > 0 && m.set.byValue[value] == nil
	at := 0
	for _, s := range sc.Spans {
		plain = plain && len(references(sc.Text[at:s.Start])) == 0 && !strings.HasSuffix(s.Value.Reveal(), "\n")
		at = s.End
	}
	if !plain || len(references(sc.Text[at:])) > 0 {
		return read(keep(m.file(u, value), value))
	}
	return assemble(sc.Text, sc.Spans, func(s Span) string { return keep(m.set.Of(s).Name, s.Value.Reveal()) })
}

func list(words []string) []any {
	out := make([]any, len(words))
	for i, w := range words {
		out[i] = w
	}
	return out
}

package secrets

import (
	"strings"

	"batten/plan"
	"batten/project"
)

// line writes words as those of a simple command in a script. What compose fills in
// could end its word there: it is handed over as an argument of the script.
func (s started) line(name func(Span) string) (script string, args []string) {
	words := make([]string, len(s.words))
	for i, w := range s.words {
		at := 0
		part := func(text string) {
			switch {
			case text == "":
			case len(references(text)) > 0:
				words[i] += argument(len(args))
				args = append(args, text)
			case safeWord.MatchString(text):
				words[i] += text
			default:
				words[i] += Quote(unescape(text))
			}
		}
		for _, span := range w.Spans {
			part(w.Text[at:span.Start])
			words[i] += read(name(span))
			at = span.End
		}
		part(w.Text[at:])
		if words[i] == "" {
			words[i] = "''"
		}
	}
	return strings.Join(words, " "), args
}

// argument is what a script was given at a place, as one word.
func argument(n int) string { return `"${` + itoa(n) + `}"` }

// script is the command of a service that is a shell's script, with its
// credentials read by the script itself. It is false when the command is none, or
// when the entry point is written anew.
func (m *migration) script(svc project.Service) ([]Scalar, bool) {
	for _, u := range m.starts(svc.Name) {
		if u.Place == Entrypoint {
			return nil, false
		}
	}
	words, own, ok := m.words(svc, Command, svc.Config.Command)
	if !ok || !own || !shellOf(svc) || len(words) < 3 || !isShell(words[0].Text) || !scriptFlag(words[1].Text) {
		return nil, false
	}
	for i, w := range words {
		if (i == 2) != (len(w.Spans) > 0) {
			return nil, false
		}
	}
	_, ok = inScript(words[2].Text, words[2].Spans, m.nameOf)
	return words, ok
}

func (m *migration) nameOf(s Span) string { return m.set.Of(s).Name }

// byScript lets the script of a command read the files.
func (m *migration) byScript(f *fix, svc project.Service, u *Unit) {
	f.summary = "let the script in " + u.Key + " read the credential from a file"
	words, _ := m.script(svc)
	script, _ := inScript(words[2].Text, words[2].Spans, m.nameOf)
	var files []string
	for _, span := range words[2].Spans {
		name := m.nameOf(span)
		f.secret(name, span.Value.Reveal(), style{})
		files = append(files, name)
	}
	value := make([]any, len(words))
	for i, w := range words {
		value[i] = w.Text
	}
	value[2] = strings.TrimSuffix(reachable(files), "; ") + " || exit 1; " + script
	f.changes = append(f.changes, plan.SetService(u.Service, value, "command"))
}

package tui

import (
	"slices"
	"strings"
)

// entry is one line of the palette: a verb, or a command of the command line.
type entry struct {
	verb    *verb
	command *Command
	does    string
	keys    string
	reason  string // why it cannot be done now
	names   string // what it is called, in small letters: id, line
	words   string // all that a filter looks at, in small letters
	line    string // the command line, once it was needed
	made    bool   // line was
}

// entries are everything that can be done: first what can be done on this screen.
func (m *model) entries() []entry {
	var out []entry
	add := func(v verb) {
		e := entry{verb: &v, does: v.title, keys: v.keysText()}
		m.onScreen(v.where, func() { e.reason = v.reason(m) })
		e.names = strings.ToLower(v.id)
		e.words = strings.ToLower(strings.Join([]string{v.id, v.title, e.keys, v.where}, " "))
		out = append(out, e)
	}
	here := m.screen().name()
	for _, v := range m.here() {
		add(v)
	}
	for _, v := range m.verbs() {
		if v.where != "" && v.where != here {
			add(v)
		}
	}
	for i := range m.options.Commands {
		c := &m.options.Commands[i]
		out = append(out, entry{
			command: c, does: c.Short, names: strings.ToLower(c.Line), line: "batten " + c.Usage, made: true,
			words: strings.ToLower("batten " + c.Usage + " " + c.Short),
		})
	}
	return out
}

// onScreen does something as if a screen was shown: verbs act on the current one.
func (m *model) onScreen(name string, f func()) {
	at := m.at
	if name != "" {
		m.goTo(name)
	}
	f()
	m.at = at
}

// commandLine is the command that does the same, "" when there is none. It is made when
// it is first seen: with many decisions it is long.
func (e *entry) commandLine(m *model) string {
	if !e.made {
		m.onScreen(e.verb.where, func() { e.line = e.verb.commandLine(m) })
		e.made = true
	}
	return e.line
}

// maxSpelled is the number of decisions up to which their command line is spelled out to
// be looked at: beyond, making it would be felt, and nobody reads it.
const maxSpelled = 500

// shownLine is the command line as it is shown.
func (e *entry) shownLine(m *model) string {
	if n := len(m.decisions.now); n > maxSpelled && !e.made && e.verb.command != nil {
		return counted(n, "decision", "decisions") + " on one line: copy it"
	}
	return head(e.commandLine(m))
}

// typed tells whether a line is this command with its arguments.
func (e *entry) typed(line string) bool {
	if e.command == nil {
		return false
	}
	rest, ok := strings.CutPrefix(line, e.command.Line)
	return ok && (rest == "" || rest[0] == ' ')
}

// wants tells whether the command cannot do without arguments.
func (e *entry) wants() bool {
	words := strings.Fields(e.command.Usage)[len(strings.Fields(e.command.Line)):]
	depth := 0
	for _, w := range words {
		depth += strings.Count(w, "[")
		if depth == 0 {
			return true
		}
		depth -= strings.Count(w, "]")
	}
	return false
}

// The ranks of what fits a filter, the best first.
const (
	rankTyped = iota // it is being written out
	rankKey
	rankName
	rankPart
	rankTitle
	rankWord
	rankAny
	rankNone
)

// rank tells how well an entry fits what was typed.
func (e *entry) rank(typed string) int {
	if e.typed(typed) {
		return rankTyped
	}
	lower := strings.ToLower(typed)
	title := strings.ToLower(e.does)
	switch words := strings.Fields(lower); {
	case len(words) == 0:
		return rankAny
	case e.verb != nil && slices.Contains(e.verb.keys, typed):
		return rankKey
	case strings.HasPrefix(e.names, lower):
		return rankName
	case !fitsAll(e.words, words):
		return rankNone
	case slices.ContainsFunc(strings.FieldsFunc(e.names, between), func(n string) bool { return strings.HasPrefix(n, words[0]) }):
		return rankPart
	case strings.HasPrefix(title, lower):
		return rankTitle
	case strings.Contains(" "+title, " "+words[0]):
		return rankWord
	}
	return rankAny
}

func between(r rune) bool { return r == '.' || r == ' ' }

func fitsAll(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

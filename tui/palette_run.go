package tui

import (
	"slices"
	"strings"
)

// harmless are the commands that change nothing, with the flags with which one does all
// the same. What is not among them writes, records or starts something.
var harmless = map[string][]string{
	"inspect": nil, "check": nil, "explain": nil, "doctor": nil, "version": nil, "completion": nil, "harden": {"--write"},
	"profile show": nil, "profile diff": nil, "profile merge": {"--write", "-w"}, "profile export": {"--write", "-w"},
}

// changes tells whether a command may change something.
func changes(c *Command, words []string) bool {
	args := words[len(strings.Fields(c.Line)):]
	if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
		return false
	}
	flags, known := harmless[c.Line]
	return !known || slices.ContainsFunc(flags, func(f string) bool { return hasFlag(args, f) })
}

// hasFlag tells whether a flag is among arguments, in one of its forms.
func hasFlag(args []string, flag string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	long := strings.HasPrefix(flag, "--")
	return slices.ContainsFunc(args, func(a string) bool {
		return a == flag || long && strings.HasPrefix(a, flag+"=") || !long && strings.HasPrefix(a, flag) && !strings.HasPrefix(a, "--")
	})
}

// refuses says why a command cannot be run now, "" when it can.
func (m *model) refuses(c *Command, words []string) string {
	switch {
	case m.options.ReadOnly && changes(c, words):
		return "started with --readonly: batten " + c.Line + " may change something"
	case m.options.Run == nil:
		return "commands cannot be run here"
	case m.busy != nil:
		return "wait until this is done: " + m.busy.what
	}
	return ""
}

// ownVerbs do what a command does, in its place: with the list of files, the events of
// the trace, and the decisions that were taken here.
var ownVerbs = map[string]string{"trace": "trace.run", "inspect": "reload", "harden --write": "write"}

// runCommand runs a command, or does what does the same here. What may change something
// asks first.
func (m *model) runCommand(c *Command, words []string) work {
	if v, ok := m.ownVerb(words); ok {
		if c.Line == "inspect" {
			m.goTo("Overview")
		}
		m.goTo(v.where)
		return m.perform(v)
	}
	if names := words[1:]; c.Line == "explain" && !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, "-") }) {
		return m.explain(names...)
	}
	args := m.withFlags(words)
	if !changes(c, words) {
		return m.printed(args, false)
	}
	text := quoted(append([]string{"batten"}, args...))
	m.open(ask("run this?", func(w int) []line { return runLines(text, w) }, answer{"y", "run it", func(m *model) work { return m.printed(args, true) }}))
	return nil
}

func runLines(command string, w int) []line {
	out := wrap(strong, command, w)
	return append(append(out, nil), wrap(muted, "it can write files or start programs; what it prints is shown when it is done, and esc cancels it", w)...)
}

// ownVerb finds the verb that does what a command line does.
func (m *model) ownVerb(words []string) (verb, bool) {
	text := quoted(words)
	if i := len(words) - len(m.options.Flags); i > 0 && slices.Equal(words[i:], m.options.Flags) {
		text = quoted(words[:i])
	}
	whole := quoted(append([]string{"batten"}, words...))
	for _, v := range m.verbs() {
		for line, id := range ownVerbs {
			if v.id == id && (text == line || whole == v.commandLine(m)) {
				return v, true
			}
		}
	}
	return verb{}, false
}

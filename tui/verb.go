package tui

import (
	"strings"
)

// verb is one thing that the user can do: by key, and from the palette by name.
type verb struct {
	id    string   // "plan.toggle": stable, for tests and the manual
	keys  []string // as Bubble Tea names them
	where string   // name of the screen that it is of; "" is everywhere
	title string   // what it does, for help and palette
	short string   // one or two words for the footer; "" keeps it out of there
	// command is the command line that does the same, "" when it changes nothing but the
	// view, or when nothing is chosen that it could act on.
	command func(m *model) string
	// view is true for what changes nothing but the view: it needs no command.
	view bool
	// off says why it cannot be done now; "" when it can.
	off func(m *model) string
	do  func(m *model) work
}

// reason says why a verb cannot be done now, "" when it can.
func (v verb) reason(m *model) string {
	if v.off == nil {
		return ""
	}
	return v.off(m)
}

// commandLine is the command that does the same.
func (v verb) commandLine(m *model) string {
	if v.command == nil {
		return ""
	}
	return v.command(m)
}

// verbs are all of them, those of the screens after those that hold everywhere.
func (m *model) verbs() []verb { return m.table }

// verbFor finds what a key does on this screen. What a screen has goes before what holds
// everywhere.
func (m *model) verbFor(key string) (verb, bool) {
	here := m.screen().name()
	found, ok := verb{}, false
	for _, v := range m.table {
		if v.where != "" && v.where != here {
			continue
		}
		for _, k := range v.keys {
			if k == key && (!ok || v.where != "") {
				found, ok = v, true
			}
		}
	}
	return found, ok
}

// here are the verbs of the current screen, its own first.
func (m *model) here() []verb {
	var own, rest []verb
	for _, v := range m.table {
		switch v.where {
		case m.screen().name():
			own = append(own, v)
		case "":
			rest = append(rest, v)
		}
	}
	return append(own, rest...)
}

// perform does a verb, or says why it cannot be done.
func (m *model) perform(v verb) work {
	if why := v.reason(m); why != "" {
		m.tell(warning, v.title+": "+why)
		return nil
	}
	return v.do(m)
}

// keyNames are how keys are written for people.
var keyNames = map[string]string{
	"space": "space", "up": "↑", "down": "↓", "left": "←", "right": "→", "pgup": "page up", "pgdown": "page down",
	"shift+tab": "shift+tab", "esc": "esc", "enter": "enter", "tab": "tab",
}

func keyName(key string) string {
	if name, ok := keyNames[key]; ok {
		return name
	}
	return key
}

func (v verb) keysText() string {
	names := make([]string, len(v.keys))
	for i, k := range v.keys {
		names[i] = keyName(k)
	}
	return strings.Join(names, " ")
}

// cli writes a command line of batten with the flags that this session was started with.
func (m *model) cli(words ...string) string {
	all := append([]string{"batten"}, words...)
	all = append(all, m.options.Flags...)
	switch words[0] {
	case "harden", "inspect", "check":
		all = append(all, m.options.SurveyFlags...)
	}
	return quoted(all)
}

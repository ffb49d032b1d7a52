package tui

import (
	tea "charm.land/bubbletea/v2"
)

// dialog stands over a screen and takes all keys until it is closed.
type dialog interface {
	title(m *model) string
	// size is how many cells it would like inside its box.
	size(m *model, w, h int) (int, int)
	lines(m *model, w, h int) []line
	// press handles a key; done closes the dialog.
	press(m *model, key tea.KeyPressMsg) (w work, done bool)
	// hints are the keys that it takes, for the footer: "y write".
	hints(m *model) []hint
}

// paster is a dialog that takes text that is pasted.
type paster interface{ paste(m *model, text string) }

// hint is a key and what it does.
type hint struct{ key, does string }

// open puts a dialog over everything.
func (m *model) open(d dialog) { m.dialogs = append(m.dialogs, d) }

// dialog is the uppermost one, nil without any.
func (m *model) dialog() dialog {
	if len(m.dialogs) == 0 {
		return nil
	}
	return m.dialogs[len(m.dialogs)-1]
}

// close takes a dialog away, wherever it is in the stack.
func (m *model) close(d dialog) {
	for i, one := range m.dialogs {
		if one == d {
			m.dialogs = append(m.dialogs[:i:i], m.dialogs[i+1:]...)
			return
		}
	}
}

// reader is a dialog with text to scroll in, which esc, q and Enter close.
type reader struct {
	head string
	body func(w int) []line // anew for each width
	prose
	made int // width that the text was made for, plus one
}

func read(head string, body func(w int) []line) *reader { return &reader{head: head, body: body} }

func (r *reader) title(*model) string { return r.head }

func (r *reader) fill(w int) {
	if r.made != w+1 {
		r.prose.set(r.body(w))
		r.made = w + 1
	}
}

func (r *reader) size(_ *model, w, h int) (int, int) {
	w = min(w, 96)
	r.fill(w)
	return w, min(len(r.text), h)
}

func (r *reader) lines(_ *model, w, h int) []line { r.fill(w); return r.draw(w, h) }

func (r *reader) hints(*model) []hint {
	return []hint{{"esc", "close"}, {"j k", "scroll"}, {"/", "find"}, {"y", "copy"}}
}

func (r *reader) press(m *model, key tea.KeyPressMsg) (work, bool) {
	switch k := key.String(); k {
	case "esc", "q", "enter", "?", "e":
		return nil, true
	case "/":
		m.open(newPrompt("find", r.wanted, func(m *model, text string) work { r.filter(text); return nil }))
	case "y":
		return m.copy(r.copied()), false
	default:
		scroll(r, k)
	}
	return nil, false
}

// scroll is moving by keys, the same everywhere.
func scroll(s scroller, key string) bool {
	f, ok := movements[key]
	if ok {
		f(s)
	}
	return ok
}

var movements = map[string]func(scroller){
	"j": func(s scroller) { s.move(1) }, "down": func(s scroller) { s.move(1) },
	"k": func(s scroller) { s.move(-1) }, "up": func(s scroller) { s.move(-1) },
	"g": func(s scroller) { s.end(false) }, "home": func(s scroller) { s.end(false) },
	"G": func(s scroller) { s.end(true) }, "end": func(s scroller) { s.end(true) },
	"pgdown": func(s scroller) { s.page(2) }, "pgup": func(s scroller) { s.page(-2) },
	"ctrl+d": func(s scroller) { s.page(1) }, "ctrl+u": func(s scroller) { s.page(-1) },
	"n": func(s scroller) { s.next(1) }, "N": func(s scroller) { s.next(-1) },
}

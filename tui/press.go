package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// press is where all keys arrive.
func (m *model) press(key tea.KeyPressMsg) work {
	k := key.String()
	switch k {
	case "ctrl+c":
		return m.interrupt()
	case "ctrl+z":
		return tea.Suspend
	case "shift+space": // what terminals with enhanced keys send
		key = tea.KeyPressMsg{Code: ' ', Text: " "}
		k = "space"
	}
	n := m.toast.n
	next := m.route(key, k)
	if m.toast.n != n {
		next = tea.Batch(next, m.expire())
	}
	return next
}

func (m *model) route(key tea.KeyPressMsg, k string) work {
	if d := m.dialog(); d != nil {
		next, done := d.press(m, key)
		if done {
			m.close(d)
		}
		return next
	}
	if m.finding {
		m.findPress(key, k)
		return nil
	}
	if v, ok := m.verbFor(k); ok {
		return m.perform(v)
	}
	if scroll(m.pane(), k) {
		return nil
	}
	if k == "esc" {
		m.back()
	}
	return nil
}

// back is what esc does: it takes away what is over the usual, one thing at a time.
func (m *model) back() {
	switch {
	case m.busy != nil:
		m.cancel()
	case m.pane().filtered() != "":
		m.pane().filter("")
	case m.zoomed:
		m.zoomed = false
	case m.toast.text != "":
		m.toast.text = ""
	}
}

// find begins a filter of the pane with the focus.
func (m *model) find() {
	m.finding, m.before = true, m.pane().filtered()
	m.finder = newField(m.before)
}

func (m *model) findPress(key tea.KeyPressMsg, k string) {
	switch k {
	case "enter":
		m.finding = false
		return
	case "esc":
		m.finding = false
		m.pane().filter("")
		return
	case "up", "down", "pgup", "pgdown":
		scroll(m.pane(), k)
		return
	}
	m.finder.press(key)
	m.pane().filter(m.finder.value())
}

func (m *model) paste(text string) {
	text = strings.ReplaceAll(text, "\n", " ")
	if p, ok := m.dialog().(paster); ok {
		p.paste(m, text)
		return
	}
	if m.finding {
		m.finder.paste(text)
		m.pane().filter(m.finder.value())
	}
}

// interrupt ends the program at once; what runs is told to clean up.
func (m *model) interrupt() work {
	m.outcome = errInterrupted
	return tea.Quit
}

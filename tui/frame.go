package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"batten/internal/engine"
)

const (
	top    = 2 // rows above the body: title and tabs
	bottom = 2 // and below: status and keys
	// leastWidth and leastHeight are what a screen can be shown in.
	leastWidth, leastHeight = 40, 10
)

// View draws the whole frame.
func (m *model) View() tea.View {
	v := tea.NewView(m.frame())
	v.AltScreen = true
	v.WindowTitle = "batten"
	if name := m.projectName(); name != "" {
		v.WindowTitle = "batten – " + clean(name)
	}
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

func (m *model) frame() string {
	if m.w <= 0 || m.h <= 0 {
		return ""
	}
	c := newCanvas(m.w, m.h)
	if m.w < leastWidth || m.h < leastHeight {
		text := fmt.Sprintf("batten needs %dx%d, this is %dx%d; batten check and batten harden work here", leastWidth, leastHeight, m.w, m.h)
		c.put(0, 0, fitted(wrap(normal, text, m.w), m.w, m.h))
		return c.text(m.theme)
	}
	c.put(0, 0, []line{m.titleLine().fit(m.w, "…"), m.tabLine().fit(m.w, "…")})
	m.body(c)
	c.put(0, m.h-bottom, []line{m.statusLine().fit(m.w, "…"), m.hintLine().fit(m.w, "")})
	m.drawDialogs(c)
	return c.text(m.theme)
}

// places are where the panes of this screen stand in the body.
func (m *model) places() []rect {
	w, h := m.w, m.h-top-bottom
	panes := m.screen().panes()
	if m.zoomed {
		out := make([]rect, len(panes))
		out[m.focused()] = rect{0, 0, w, h}
		return out
	}
	return m.screen().layout(m, w, h, m.focused())
}

func (m *model) body(c *canvas) {
	for i, r := range m.places() {
		if r.w > 0 && r.h > 0 {
			c.put(r.x, top+r.y, boxed(m, m.screen().panes()[i], r.w, r.h, i == m.focused() && m.dialog() == nil))
		}
	}
}

func (m *model) drawDialogs(c *canvas) {
	for _, d := range m.dialogs {
		w, h := d.size(m, m.w-6, m.h-4)
		w, h = max(min(w, m.w-4), 1), max(min(h, m.h-2), 1)
		keys := make([]string, 0, 4)
		for _, x := range d.hints(m) {
			keys = append(keys, x.key+" "+x.does)
		}
		box := framed(d.title(m), strings.Join(keys, "  "), d.lines(m, w, h), w+2, h+2, true)
		c.put((m.w-w-2)/2, (m.h-h-2)/2, box)
	}
}

func (m *model) projectName() string {
	switch {
	case m.inspection != nil:
		return m.inspection.Project
	case m.hardening != nil:
		return m.hardening.Project
	}
	return ""
}

func (m *model) titleLine() line {
	l := as(heading, " batten").and(normal, "  ").and(strong, m.projectName())
	if m.options.Demo {
		l = l.and(muted, "  demonstration")
	}
	if m.options.ReadOnly {
		l = l.and(warning, "  read only")
	}
	state := line{}
	if before, after, ok := m.totalScore(); ok {
		state = as(muted, "score ").and(normal, fmt.Sprint(before)).and(muted, " → ").and(good, fmt.Sprint(after))
		if m.planning > 0 {
			state = state.and(muted, " …")
		}
		state = state.and(normal, " ")
	}
	if n := m.decisions.open(); n > 0 {
		state = joined(as(warning, fmt.Sprintf("%s not written  ", counted(n, "decision", "decisions"))), state)
	}
	gap := m.w - width(clean(l.text())) - width(clean(state.text()))
	if gap < 1 {
		return l
	}
	return joined(l.and(normal, repeated(" ", gap)), state)
}

// totalScore is the mean over the services.
func (m *model) totalScore() (before, after int, ok bool) {
	p := m.plan()
	if p == nil || len(p.Scores) == 0 {
		return 0, 0, false
	}
	for _, s := range p.Scores {
		before, after = before+s.Before, after+s.After
	}
	return before / len(p.Scores), after / len(p.Scores), true
}

// tab is where the name of a screen stands.
type tab struct{ x, w int }

func (m *model) tabs() []tab {
	out := make([]tab, len(m.screens))
	x := 1
	for i, s := range m.screens {
		out[i] = tab{x, len(s.name()) + 4}
		x += out[i].w + 1
	}
	return out
}

func (m *model) tabLine() line {
	l := said(" ")
	for i, s := range m.screens {
		if i == m.at {
			l = l.and(chosen, fmt.Sprintf(" %d %s ", i+1, s.name()))
		} else {
			l = l.and(muted, fmt.Sprintf(" %d ", i+1)).and(normal, s.name()+" ")
		}
		l = l.and(normal, " ")
	}
	return l
}

// statusLine says the one thing that matters most now.
func (m *model) statusLine() line {
	switch {
	case m.finding:
		return joined(as(accent, " / "), m.finder.line(max(m.w-4, 1)))
	case m.toast.text != "":
		return as(m.toast.role, " "+m.toast.text)
	case m.busy != nil:
		l := as(accent, " "+m.busy.what)
		if m.trace.waiting != "" && m.busy.stop != nil {
			l = l.and(muted, ", waiting for "+m.trace.waiting)
		}
		return l.and(muted, "  esc cancels")
	case m.planning > 0:
		return as(muted, " planning anew")
	case m.failed != nil:
		return as(danger, " "+m.failed.Error())
	}
	return nil
}

// hintLine are the keys that can be pressed here, as many as fit, the help at the end.
func (m *model) hintLine() line {
	var hints []hint
	if d := m.dialog(); d != nil {
		hints = d.hints(m)
	} else {
		for _, v := range m.here() {
			if v.short != "" && v.reason(m) == "" {
				hints = append(hints, hint{keyName(v.keys[0]), v.short})
			}
		}
	}
	l := said(" ")
	used := 1
	for _, x := range hints {
		n := width(clean(x.key+" "+x.does)) + 2
		if used+n > m.w {
			break
		}
		l = l.and(accent, x.key).and(normal, " "+x.does+"  ")
		used += n
	}
	return l
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// service finds what is known of one.
func (m *model) service(name string) *engine.InspectedService {
	if m.inspection == nil {
		return nil
	}
	for i := range m.inspection.Services {
		if m.inspection.Services[i].Name == name {
			return &m.inspection.Services[i]
		}
	}
	return nil
}

package tui

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// help is a dialog with everything that keys do on this screen. It does none of it.
type help struct {
	prose
	head   string
	field  field
	groups []helpGroup
	made   helpStamp
}

type helpStamp struct {
	w      int
	wanted string
}

// helpGroup are keys under one heading.
type helpGroup struct {
	title string
	rows  []helpRow
}

type helpRow struct {
	keys   []string
	does   string
	reason string // why not now
	id     string
}

func newHelp(m *model) dialog {
	name := m.screen().name()
	h := &help{head: "help for " + name, field: newField("")}
	own, rest := helpGroup{title: "on this screen"}, helpGroup{title: "on every screen"}
	for _, v := range m.here() {
		r := helpRow{keys: v.keys, does: v.title, reason: v.reason(m), id: v.id}
		if v.where == name {
			own.rows = append(own.rows, r)
		} else {
			rest.rows = append(rest.rows, r)
		}
	}
	h.groups = []helpGroup{own, rest, {title: "moving", rows: moving}}
	return h
}

// moving are the keys that are no verbs, since they do the same in every list and text.
var moving = []helpRow{
	{keys: []string{"j", "down", "k", "up"}, does: "down and up", id: "move"},
	{keys: []string{"pgdown", "pgup"}, does: "a page down and up", id: "move"},
	{keys: []string{"ctrl+d", "ctrl+u"}, does: "half a page down and up", id: "move"},
	{keys: []string{"g", "home", "G", "end"}, does: "to the first and to the last", id: "move"},
	{keys: []string{"n", "N"}, does: "to the next and the previous match in a text", id: "move"},
	{keys: []string{"esc"}, does: "close a dialog, cancel what runs, take the filter away", id: "back"},
	{keys: []string{"ctrl+z"}, does: "suspend batten; fg brings it back", id: "suspend"},
	{keys: []string{"ctrl+c"}, does: "end at once; what is not written is lost", id: "interrupt"},
}

func (h *help) title(*model) string { return h.head }

func (h *help) size(_ *model, w, high int) (int, int) {
	n := 2
	for _, g := range h.groups {
		n += len(g.rows) + 2
	}
	return min(w, 78), min(n, high)
}

func (h *help) hints(*model) []hint {
	return []hint{{"type", "filter by word or key"}, {"↑ ↓", "scroll"}, {"esc", "close"}}
}

func (h *help) lines(_ *model, w, high int) []line {
	now := helpStamp{w, h.field.value()}
	if now != h.made {
		h.prose.set(h.text(w))
		if now.wanted != h.made.wanted {
			h.prose.end(false)
		}
		h.made = now
	}
	out := []line{joined(as(accent, "/ "), h.field.line(max(w-2, 1))), as(muted, repeated("─", w))}
	return append(out, h.draw(w, max(high-2, 0))...)
}

func (h *help) paste(_ *model, text string) { h.field.paste(text) }

func (h *help) press(_ *model, key tea.KeyPressMsg) (work, bool) {
	switch k := key.String(); k {
	case "esc":
		return nil, true
	case "enter":
	case "up", "down", "pgup", "pgdown":
		scroll(h, k)
	default:
		h.field.press(key)
	}
	return nil, false
}

// text is what fits the filter. A key by its name comes before everything that only has
// the word.
func (h *help) text(w int) []line {
	wanted := strings.TrimSpace(h.field.value())
	var onKey helpGroup
	var rest []helpGroup
	for _, g := range h.groups {
		left := helpGroup{title: g.title}
		for _, r := range g.rows {
			switch {
			case wanted != "" && slices.ContainsFunc(r.keys, func(k string) bool { return k == wanted || keyName(k) == wanted }):
				onKey.rows = append(onKey.rows, r)
			case r.fits(wanted):
				left.rows = append(left.rows, r)
			}
		}
		rest = append(rest, left)
	}
	onKey.title = "on the key " + wanted
	return laidOut(append([]helpGroup{onKey}, rest...), wanted, w)
}

func (r helpRow) fits(wanted string) bool {
	return matcher(wanted)(strings.Join(append([]string{r.does, r.id, keysOf(r.keys)}, r.keys...), " "))
}

func keysOf(keys []string) string { return verb{keys: keys}.keysText() }

// helpKeys is the room for keys, at most.
const helpKeys = 20

func laidOut(groups []helpGroup, wanted string, w int) []line {
	col := 0
	for _, g := range groups {
		for _, r := range g.rows {
			col = max(col, width(keysOf(r.keys)))
		}
	}
	col = min(col, helpKeys, w/3) + 2
	var out []line
	for _, g := range groups {
		if len(g.rows) == 0 {
			continue
		}
		if out != nil {
			out = append(out, nil)
		}
		out = append(out, as(heading, g.title))
		for _, r := range g.rows {
			role, text := normal, r.does
			if r.reason != "" {
				role, text = muted, text+" (not now: "+r.reason+")"
			}
			out = append(out, indented(as(cmp.Or(role, accent), keysOf(r.keys)), role, text, col, w)...)
		}
	}
	if out == nil {
		return wrap(muted, "no key does "+wanted+" here; the palette, on :, has everything else", w)
	}
	return out
}

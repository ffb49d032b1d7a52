package tui

// How the palette looks: the field, what fits, and the command line of what the cursor
// is on.

const (
	paletteWidth = 110
	// roomForLine is the width from which the command line stands beside each entry.
	roomForLine = 70
	keysWidth   = 12
	roomForKeys = 90 // from which they have all their width
)

func (p *palette) size(m *model, w, h int) (int, int) {
	return min(w, paletteWidth), min(h, len(m.verbs())+len(m.options.Commands)+5)
}

func (p *palette) lines(m *model, w, h int) []line {
	if p.version != m.version {
		p.make(m)
	}
	p.list.empty = "nothing is called that"
	out := []line{joined(as(accent, ": "), p.field.line(max(w-2, 1)))}
	rule := as(muted, repeated("─", w))
	most := 1
	if h >= roomForRules {
		out, most = append(out, rule), 3
	}
	below := p.below(m, w)
	if len(below) > most {
		below = append(below[:most-1:most-1], below[most-1].and(muted, " …"))
	}
	if len(below) > 0 && h >= roomForRules {
		below = append([]line{rule}, below...)
	}
	room := max(h-len(out)-len(below), 1)
	out = append(out, fitted(p.list.draw(w, room, true), w, room)...)
	return append(out, below...)
}

// roomForRules is the height from which there are lines between the parts, and more than
// one line about what the cursor is on.
const roomForRules = 12

// below is what is to be known of the entry with the cursor.
func (p *palette) below(m *model, w int) []line {
	e := p.current()
	switch {
	case p.why != "":
		return wrap(warning, p.why, w)
	case e == nil:
		return nil
	case e.reason != "":
		return wrap(muted, "not now: "+e.reason, w)
	case e.command != nil && e.typed(p.line()):
		return indented(as(muted, "usage"), normal, "batten "+e.command.Usage, 10, w)
	case e.command != nil:
		return indented(as(muted, "command"), normal, e.line, 10, w)
	case e.shownLine(m) == "":
		return []line{as(muted, "changes only what is shown")}
	}
	return indented(as(muted, "the same"), normal, e.shownLine(m), 10, w)
}

func (p *palette) row(m *model, e *entry, w int) line {
	r, does := normal, e.does
	if e.reason != "" {
		r = muted
		does += ", not now"
	}
	if w < roomForLine {
		keys := right(muted, e.keys, min(keysWidth, w/3))
		return joined(as(r, does).fit(max(w-width(keys.text())-1, 0), "…"), said(" "), keys)
	}
	keys := keysWidth
	if w < roomForKeys {
		keys = keysWidth - 3
	}
	left := (w - keys) * 6 / 11
	rest := w - left - keys - 4
	beside := column(muted, e.shownLine(m), rest)
	return joined(column(r, does, left), said("  "), column(accent, e.keys, keys), said("  "), beside)
}

// head is the beginning of a line that may be very long.
func head(text string) string {
	const enough = 400
	if len(text) > enough {
		return cut(clean(text[:enough]), enough-1) + "…"
	}
	return text
}

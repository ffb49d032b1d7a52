package tui

import "fmt"

// pane is one part of a screen, with a box around it that the model draws.
type pane interface {
	// title is what stands in the upper edge of the box.
	title(m *model) string
	// lines are what is inside, at most h; longer and wider ones are cut.
	lines(m *model, w, h int, focused bool) []line
	scroller
}

// scroller is what the keys for moving, filtering and copying act on.
type scroller interface {
	move(by int)            // lines, or items
	page(by int)            // halves of what is visible
	end(last bool)          // to the first or the last
	filter(text string)     // shows what contains the text alone; "!x" what does not; "" all
	filtered() string       // the filter
	next(by int)            // to the next or previous match
	click(x, y int)         // inside, from its upper left corner
	copied() string         // what y copies
	position() (at, of int) // for the lower edge: which item of how many; of 0 says nothing
}

// opener is a pane in which Enter shows more of what the cursor is on. It never changes
// anything.
type opener interface{ open(m *model) work }

// explainer is a pane that knows whose explanation e shows.
type explainer interface{ explained(m *model) work }

// rect is where a pane stands, in cells, its box included.
type rect struct{ x, y, w, h int }

// screen is one of the places that keys 1 to 4 lead to.
type screen interface {
	name() string
	panes() []pane // in the order of focus; at least one
	// layout places the panes in w times h cells, one rect for each; one without a size
	// is not visible. It is told which pane has the focus, which has to be visible.
	layout(m *model, w, h, focus int) []rect
}

// boxed draws a pane's box, exactly w times h.
func boxed(m *model, p pane, w, h int, focused bool) []line {
	// First the lines: what stands in the edges is about them.
	inside := p.lines(m, max(w-2, 0), max(h-2, 0), focused)
	title := p.title(m)
	if f := p.filtered(); f != "" {
		title += " /" + f
	}
	foot := ""
	if at, of := p.position(); of > 0 {
		foot = fmt.Sprintf("%d of %d", at, of)
	}
	return framed(title, foot, inside, w, h, focused)
}

// framed draws a box around lines.
func framed(title, foot string, inside []line, w, h int, focused bool) []line {
	if w < 2 || h < 2 {
		return fitted(inside, w, h)
	}
	edge, head := muted, strong
	if focused {
		edge, head = accent, heading
	}
	out := make([]line, 0, h)
	out = append(out, edged(edge, "╭", "╮", head, title, w))
	for i := range h - 2 {
		var l line
		if i < len(inside) {
			l = inside[i]
		}
		row := line{{edge, "│"}}
		row = append(row, l.fit(w-2, "…")...)
		out = append(out, append(row, span{edge, "│"}))
	}
	return append(out, edged(edge, "╰", "╯", muted, foot, w))
}

// edged is an edge of a box with a text in it.
func edged(edge role, left, end string, r role, text string, w int) line {
	row := line{{edge, left}}
	used := 1
	text = clean(text)
	if text != "" && w > 6 {
		if width(text) > w-6 {
			text = cut(text, w-7) + "…"
		}
		row = append(row, span{edge, "─ "}, span{r, text}, span{edge, " "})
		used += 3 + width(text)
	}
	return append(row, span{edge, repeated("─", w-used-1)}, span{edge, end})
}

// fitted makes exactly h lines of exactly w cells.
func fitted(in []line, w, h int) []line {
	out := make([]line, max(h, 0))
	for i := range out {
		var l line
		if i < len(in) {
			l = in[i]
		}
		out[i] = l.fit(w, "…")
	}
	return out
}

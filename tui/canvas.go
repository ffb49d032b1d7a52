package tui

import (
	"strings"
)

// canvas is a frame that panes are put onto.
type canvas struct {
	w, h int
	rows []line
}

func newCanvas(w, h int) *canvas { return &canvas{w, h, fitted(nil, w, h)} }

// put draws lines at a place, over what is there.
func (c *canvas) put(x, y int, lines []line) {
	for i, l := range lines {
		if y+i < 0 || y+i >= c.h || x >= c.w {
			continue
		}
		w := 0
		for _, s := range l {
			w += width(s.text)
		}
		w = min(w, c.w-x)
		row := c.rows[y+i]
		if x == 0 && w == c.w {
			c.rows[y+i] = l.fit(w, "")
			continue
		}
		c.rows[y+i] = joined(part(row, 0, x), l.fit(w, ""), part(row, x+w, c.w-x-w))
	}
}

// part is n cells of a line from cell x on. A wide character that is cut through becomes
// a space.
func part(l line, x, n int) line {
	var out line
	at := 0
	for _, s := range l {
		w := width(s.text)
		if at+w <= x || at >= x+n {
			at += w
			continue
		}
		var b strings.Builder
		for _, r := range s.text {
			c := width(string(r))
			switch {
			case at >= x && at+c <= x+n:
				b.WriteRune(r)
			case at+c > x && at < x+n:
				b.WriteByte(' ')
			}
			at += c
		}
		out = append(out, span{s.role, b.String()})
	}
	return out.fit(n, "")
}

// text is the frame for the terminal.
func (c *canvas) text(t *theme) string {
	var b strings.Builder
	b.Grow(c.w * c.h * 2)
	for i, l := range c.rows {
		if i > 0 {
			b.WriteByte('\n')
		}
		t.paint(&b, l)
	}
	return b.String()
}

func repeated(s string, n int) string { return strings.Repeat(s, max(n, 0)) }

package console

import (
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/hinshun/vt10x"
)

const (
	cellWidth, cellHeight = 8.4, 17
	margin                = 14
	fontSize              = 14
	background            = "#1a1b26"
	foreground            = "#c0caf5"
)

// palette are the sixteen colours of the picture's terminal.
var palette = [16]string{
	"#32344a", "#f7768e", "#9ece6a", "#e0af68", "#7aa2f7", "#bb9af7", "#7dcfff", "#a9b1d6",
	"#565f89", "#ff7a93", "#b9f27c", "#ff9e64", "#7da6ff", "#c0a4f8", "#a8e0ff", "#ffffff",
}

// Bits of a glyph's mode, as vt10x keeps them.
const (
	modeReverse   = 1
	modeUnderline = 2
	modeBold      = 4
)

// SVG draws what is visible as a picture: one text for each run of equal cells. The same
// screen gives the same bytes.
func (c *Console) SVG(title string) string {
	c.vt.Lock()
	defer c.vt.Unlock()
	w, h := c.vt.Size()
	var b strings.Builder
	width, height := float64(w)*cellWidth+2*margin, float64(h)*cellHeight+2*margin
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s">`+"\n",
		width, height, width, height, html.EscapeString(title))
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", background)
	fmt.Fprintf(&b, `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="%d" fill="%s" xml:space="preserve">`+"\n", fontSize, foreground)
	for y := range h {
		for x := 0; x < w; {
			first := c.vt.Cell(x, y)
			n := x + 1
			for n < w && alike(first, c.vt.Cell(n, y)) {
				n++
			}
			c.run(&b, x, y, n)
			x = n
		}
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

func alike(a, b vt10x.Glyph) bool { return a.FG == b.FG && a.BG == b.BG && a.Mode == b.Mode }

func (c *Console) run(b *strings.Builder, x, y, end int) {
	g := c.vt.Cell(x, y)
	var text strings.Builder
	for i := x; i < end; i++ {
		if r := c.vt.Cell(i, y).Char; r != 0 {
			text.WriteRune(r)
		} else {
			text.WriteByte(' ')
		}
	}
	left, top := margin+float64(x)*cellWidth, margin+float64(y)*cellHeight
	span := float64(end-x) * cellWidth
	if fill := color(g.BG, background); fill != background {
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="%s"/>`+"\n", left, top, span, cellHeight, fill)
	}
	if strings.TrimSpace(text.String()) == "" {
		return
	}
	style := ""
	if fill := color(g.FG, foreground); fill != foreground {
		style += fmt.Sprintf(` fill="%s"`, fill)
	}
	if g.Mode&modeBold != 0 {
		style += ` font-weight="bold"`
	}
	if g.Mode&modeUnderline != 0 {
		style += ` text-decoration="underline"`
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" textLength="%.1f"%s>%s</text>`+"\n",
		left, top+float64(cellHeight)*0.77, span, style, html.EscapeString(text.String()))
}

// color is a colour of the terminal; the default ones are the picture's, exchanged in
// cells that are reversed.
func color(c vt10x.Color, otherwise string) string {
	switch {
	case c == vt10x.DefaultFG:
		return foreground
	case c == vt10x.DefaultBG:
		return background
	case c < 16:
		return palette[c]
	case c < 256:
		return cube(int(c))
	case c < 1<<24:
		return fmt.Sprintf("#%06x", uint32(c))
	}
	return otherwise
}

// cube is a colour of the 256, as xterm has them.
func cube(c int) string {
	if c >= 232 {
		v := 8 + 10*(c-232)
		return fmt.Sprintf("#%02x%02x%02x", v, v, v)
	}
	level := func(n int) int {
		if n == 0 {
			return 0
		}
		return 55 + 40*n
	}
	c -= 16
	return fmt.Sprintf("#%02x%02x%02x", level(c/36), level(c/6%6), level(c%6))
}

// Settled is [Console.SVG] of a screen that does not change any more: two looks in a row
// have to be equal.
func (c *Console) Settled(title string) string {
	c.t.Helper()
	last := ""
	for range 100 {
		now := c.SVG(title)
		if now == last {
			return now
		}
		last = now
		time.Sleep(settleTime)
	}
	c.t.Fatalf("the screen does not come to rest:\n%s", c.Screen())
	return ""
}

const settleTime = 300 * time.Millisecond

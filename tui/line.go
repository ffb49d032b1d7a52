package tui

import (
	"strings"

	"batten/internal/terminal"
)

// role is what a piece of text is, from which a theme makes its looks.
type role uint8

const (
	normal role = iota
	strong
	muted
	accent
	good // done, added, passed
	bad  // removed, failed, refused
	warning
	danger
	heading
	chosen  // the row with the cursor
	marking // what a search found
	roles   // how many there are
)

// span is text of one role.
type span struct {
	role role
	text string
}

// line is one row of the screen, or of a part of it.
type line []span

func said(text string) line              { return line{{normal, text}} }
func as(r role, text string) line        { return line{{r, text}} }
func (l line) and(r role, t string) line { return append(l, span{r, t}) }

// text is what the line says, without roles.
func (l line) text() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.text)
	}
	return b.String()
}

// width is how many cells clean text takes.
func width(s string) int {
	for i := range len(s) {
		if s[i] >= 0x7f {
			return terminal.Width(s)
		}
	}
	return len(s)
}

// fit makes the line exactly w cells wide and all its text clean. What is cut off is
// shown by the sign.
func (l line) fit(w int, sign string) line {
	out := make(line, 0, len(l)+1)
	left := max(w, 0)
	for i, s := range l {
		text := clean(s.text)
		n := width(text)
		last := i == len(l)-1
		if n < left || n == left && (last || blank(l[i+1:])) {
			out, left = append(out, span{s.role, text}), left-n
			continue
		}
		if left > 0 {
			text = cut(text, left-width(sign))
			out = append(out, span{s.role, text + sign})
			left -= width(text) + width(sign)
		}
		break
	}
	if left > 0 {
		out = append(out, span{normal, strings.Repeat(" ", left)})
	}
	return out
}

func blank(l line) bool {
	for _, s := range l {
		if s.text != "" {
			return false
		}
	}
	return true
}

// cut keeps as many characters of clean text as fit into w cells.
func cut(s string, w int) string {
	n := 0
	for i, r := range s {
		c := 1
		if r >= 0x7f {
			c = terminal.Width(string(r))
		}
		if n += c; n > w {
			return s[:i]
		}
	}
	return s
}

// pick marks a whole line as the one with the cursor. Roles inside it are given up:
// an inner colour would end the outer one.
func (l line) pick() line { return as(chosen, l.text()) }

// column is a line of exactly w cells, for a table.
func column(r role, text string, w int) line { return as(r, text).fit(w, "…") }

// right is text at the right end of w cells.
func right(r role, text string, w int) line {
	text = clean(text)
	if n := width(text); n < w {
		text = strings.Repeat(" ", w-n) + text
	}
	return as(r, text).fit(w, "…")
}

// joined puts lines after each other in one row.
func joined(parts ...line) line {
	var out line
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// wrap breaks text into lines of at most w cells, between words where it can be.
func wrap(r role, text string, w int) []line {
	w = max(w, 1)
	var out []line
	for _, paragraph := range strings.Split(text, "\n") {
		row := ""
		for _, word := range strings.Fields(clean(paragraph)) {
			switch {
			case row == "":
				row = word
			case width(row)+1+width(word) <= w:
				row += " " + word
			default:
				out, row = append(out, as(r, row)), word
			}
			for width(row) > w {
				head := cut(row, w)
				if head == "" { // a wide character in a single cell
					break
				}
				out, row = append(out, as(r, head)), row[len(head):]
			}
		}
		out = append(out, as(r, row))
	}
	return out
}

// indented is wrapped text behind a first part, such as a name, that takes as many
// cells in each line.
func indented(first line, r role, text string, indent, w int) []line {
	rows := wrap(r, text, max(w-indent, 10))
	out := make([]line, len(rows))
	for i, row := range rows {
		head := said("").fit(indent, "")
		if i == 0 {
			head = first.fit(indent, "")
		}
		out[i] = append(head, row...)
	}
	return out
}

// with puts another line behind this one.
func (l line) with(other line) line { return append(l[:len(l):len(l)], other...) }

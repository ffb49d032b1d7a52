package compose

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// mark is the byte order mark that a file may begin with.
const mark = "\ufeff"

// text is a file's bytes with its lines, as the YAML reader counts them.
type text struct {
	data   []byte
	starts []int // of lines
	eol    string
}

func newText(data []byte) *text {
	t := &text{data: data, starts: []int{0}, eol: "\n"}
	for i := 0; i < len(data); {
		n := breakAt(data, i)
		if n == 0 {
			i++
			continue
		}
		if len(t.starts) == 1 && n == 2 && data[i] == '\r' {
			t.eol = "\r\n"
		}
		i += n
		t.starts = append(t.starts, i)
	}
	return t
}

// breakAt is the length of the line break at i, 0 when there is none.
func breakAt(b []byte, i int) int {
	switch b[i] {
	case '\n':
		return 1
	case '\r':
		if i+1 < len(b) && b[i+1] == '\n' {
			return 2
		}
		return 1
	case 0xC2: // next line
		if i+1 < len(b) && b[i+1] == 0x85 {
			return 2
		}
	case 0xE2: // line and paragraph separator
		if i+2 < len(b) && b[i+1] == 0x80 && (b[i+2] == 0xA8 || b[i+2] == 0xA9) {
			return 3
		}
	}
	return 0
}

// offset is the byte at a line and a column in runes, both from 1.
func (t *text) offset(line, column int) int {
	if line < 1 || line > len(t.starts) {
		return -1
	}
	i := t.starts[line-1]
	if line == 1 {
		i += t.markLen()
	}
	for ; column > 1 && i < len(t.data); column-- {
		_, n := utf8.DecodeRune(t.data[i:])
		i += n
	}
	return i
}

func (t *text) markLen() int {
	if bytes.HasPrefix(t.data, []byte(mark)) {
		return len(mark)
	}
	return 0
}

// line is the index of the line that a byte is in.
func (t *text) line(at int) int {
	lo, hi := 0, len(t.starts)
	for lo+1 < hi {
		if mid := (lo + hi) / 2; t.starts[mid] <= at {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// lineStart is the first byte of the line that a byte is in, after a mark.
func (t *text) lineStart(at int) int {
	l := t.line(at)
	if l == 0 {
		return t.markLen()
	}
	return t.starts[l]
}

// nextLine is the first byte of the following line, or the end.
func (t *text) nextLine(at int) int {
	if l := t.line(at); l+1 < len(t.starts) {
		return t.starts[l+1]
	}
	return len(t.data)
}

// lineEnd is where the break of the line is that a byte is in, or the end.
func (t *text) lineEnd(at int) int {
	end := t.nextLine(at)
	for i := at; i < end; i++ {
		if breakAt(t.data, i) > 0 {
			return i
		}
	}
	return end
}

// column is how many runes stand before a byte in its line.
func (t *text) column(at int) int {
	return utf8.RuneCount(t.data[t.lineStart(at):at])
}

// firstOnLine tells whether only white space stands before a byte in its line.
func (t *text) firstOnLine(at int) bool {
	return strings.Trim(string(t.data[t.lineStart(at):at]), " \t") == ""
}

// blank tells a byte that separates tokens.
func blank(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }

// skip goes over white space, line breaks and comments.
func (t *text) skip(at int) int {
	for at < len(t.data) {
		switch n := breakAt(t.data, at); {
		case n > 0:
			at += n
		case t.data[at] == ' ' || t.data[at] == '\t':
			at++
		case t.data[at] == '#' && (at == 0 || blank(t.data[at-1]) || at == t.lineStart(at)):
			at = t.lineEnd(at)
		default:
			return at
		}
	}
	return at
}

// comments tells whether there may be a comment between two bytes; it errs towards
// yes.
func (t *text) comments(from, to int) bool {
	for i := from; i < to && i < len(t.data); i++ {
		if t.data[i] == '#' && (i == 0 || blank(t.data[i-1]) || i == t.lineStart(i)) {
			return true
		}
	}
	return false
}

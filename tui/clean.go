package tui

import (
	"fmt"
	"strings"
	"unicode"

	"batten/internal/terminal"
)

// clean makes text safe to stand in a cell: what a terminal would obey or hide is
// escaped, as [terminal.Safe] does, and so is every character of which terminals do not
// agree how many cells it takes: combining marks, emoji, and scripts that join letters or
// run from right to left.
func clean(s string) string {
	plain := true
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	s = terminal.Safe(s)
	var b strings.Builder
	for _, r := range s {
		switch {
		case steady(r):
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

// symbols are ranges of signs that take one cell everywhere: punctuation, arrows,
// mathematics, boxes, blocks, shapes, marks.
var symbols = []struct{ first, last rune }{
	{0x00a1, 0x00ac}, {0x00ae, 0x02ff}, {0x2010, 0x2027}, {0x2030, 0x205e}, {0x20a0, 0x20bf}, {0x2190, 0x2193}, {0x21d0, 0x21d5},
	{0x2200, 0x22ff}, {0x2500, 0x25a9}, {0x25ac, 0x25b5}, {0x25b7, 0x25bf}, {0x25c1, 0x25fa}, {0x2713, 0x2713}, {0x2717, 0x2717},
}

var alphabets = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Han, unicode.Hiragana, unicode.Katakana}

// steady tells whether a character takes the same number of cells in every terminal,
// whatever stands beside it.
func steady(r rune) bool {
	switch {
	case r < 0x7f:
		return r >= 0x20
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc, unicode.Sk, unicode.Lm):
		return false
	case r >= 0xac00 && r <= 0xd7a3: // whole Hangul syllables
		return true
	case r >= 0xff61 && r <= 0xffdc: // half-width forms, which have marks among them
		return false
	case r >= 0x10000: // of which tables of widths differ, but for ideographs
		return r >= 0x20000 && unicode.Is(unicode.Han, r)
	}
	for _, s := range symbols {
		if r >= s.first && r <= s.last {
			return true
		}
	}
	return unicode.IsLetter(r) && unicode.In(r, alphabets...)
}

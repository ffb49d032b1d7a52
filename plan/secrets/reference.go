package secrets

import "strings"

// reference is one ${NAME}, ${NAME:-default} or $NAME in a compose value.
type reference struct {
	start, end int // of the whole reference
	name       string
	op         string // "", ":-", "-", ":=", "=", ":?", "?", ":+", "+"
	from, to   int    // what follows op
}

// hasDefault tells that what follows the operator can become the value.
func (r reference) hasDefault() bool {
	switch r.op {
	case ":-", "-", ":=", "=", ":+", "+":
		return true
	}
	return false
}

// operators in the order in which they are tried.
var operators = []string{":-", ":=", ":?", ":+", "-", "=", "?", "+"}

// references finds those that stand at the top of a text; the ones inside a
// default are found by looking at the default. What is malformed is literal.
func references(text string) []reference {
	var out []reference
	for i := 0; i < len(text); {
		if text[i] != '$' {
			i++
			continue
		}
		r, ok := referenceAt(text, i)
		switch {
		case ok:
			out = append(out, r)
			i = r.end
		case strings.HasPrefix(text[i:], "$$"):
			i += 2
		default:
			i++
		}
	}
	return out
}

func referenceAt(text string, at int) (reference, bool) {
	rest := text[at+1:]
	if n := nameLength(rest); n > 0 {
		return reference{start: at, end: at + 1 + n, name: rest[:n]}, true
	}
	if !strings.HasPrefix(rest, "{") {
		return reference{}, false
	}
	n := nameLength(rest[1:])
	if n == 0 {
		return reference{}, false
	}
	end, ok := closing(text, at+2)
	if !ok {
		return reference{}, false
	}
	r := reference{start: at, end: end + 1, name: rest[1 : 1+n], from: at + 2 + n, to: end}
	if r.from == r.to {
		return r, true
	}
	for _, op := range operators {
		if strings.HasPrefix(text[r.from:r.to], op) {
			r.op = op
			r.from += len(op)
			return r, true
		}
	}
	return reference{}, false
}

// closing is the index of the brace that ends what began before at.
func closing(text string, at int) (int, bool) {
	depth := 1
	for i := at; i < len(text); i++ {
		switch {
		case strings.HasPrefix(text[i:], "$$"):
			i++
		case strings.HasPrefix(text[i:], "${"):
			depth++
			i++
		case text[i] == '}':
			if depth--; depth == 0 {
				return i, true
			}
		}
	}
	return 0, false
}

func nameLength(s string) int {
	n := 0
	for n < len(s) && (s[n] == '_' || isLetter(s[n]) || n > 0 && isDigit(s[n])) {
		n++
	}
	return n
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// unescape gives the text that compose makes of a value without references.
func unescape(text string) string { return strings.ReplaceAll(text, "$$", "$") }

// escape is a text spelled so that compose takes it as it is.
func escape(text string) string { return strings.ReplaceAll(text, "$", "$$") }

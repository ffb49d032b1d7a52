package imports

import (
	"fmt"
	"strings"
)

// token is one word of a profile's text, or one of "{", "}", ",", "=", "+=".
type token struct {
	text   string
	line   int
	quoted bool // begins with a quote: never a mark or a keyword
	// pattern tells whether it holds wildcards, alternations or variables that are not
	// escaped; text has the escapes taken away.
	pattern bool
}

// lexer cuts AppArmor's language into tokens (apparmor.d(5)).
type lexer struct {
	text string
	at   int
	line int
}

func (l *lexer) fail(format string, args ...any) error {
	return fmt.Errorf("%w: line %d: %s", ErrFormat, l.line, fmt.Sprintf(format, args...))
}

// next returns the next token; ok is false at the end. A word that an include stands
// for is one token.
func (l *lexer) next() (t token, ok bool, err error) {
	for l.at < len(l.text) {
		c := l.text[l.at]
		switch {
		case c == '\n':
			l.line++
			l.at++
		case c == ' ' || c == '\t' || c == '\r':
			l.at++
		case c == '#' && !strings.HasPrefix(l.text[l.at:], "#include"):
			end := strings.IndexByte(l.text[l.at:], '\n')
			if end < 0 {
				end = len(l.text) - l.at
			}
			l.at += end
		case c == ',' || c == '{' && !l.startsWord() || c == '}':
			l.at++
			return token{text: string(c), line: l.line}, true, nil
		default:
			t, err := l.word()
			return t, true, err
		}
	}
	return token{line: l.line}, false, nil
}

// startsWord tells whether a brace begins a word, such as {,var/}run, and not a block:
// what follows it is neither a blank nor the line's end.
func (l *lexer) startsWord() bool {
	return l.at+1 < len(l.text) && !strings.ContainsRune(" \t\r\n#", rune(l.text[l.at+1]))
}

// word reads a word, part of which may be in quotes. Outside of quotes braces and
// brackets nest, and a comma inside of them is no end.
func (l *lexer) word() (token, error) {
	t := token{line: l.line}
	var b strings.Builder
	depth, quote := 0, false
	for l.at < len(l.text) {
		c := l.text[l.at]
		switch {
		case c == '\n' && (quote || depth > 0):
			return t, l.fail("a quote or brace is not closed")
		case c == '"':
			quote = !quote
			t.quoted = t.quoted || b.Len() == 0
			l.at++
			continue
		case c == '\\':
			n, text := escaped(l.text[l.at:])
			b.WriteString(text)
			l.at += n
			continue
		case strings.IndexByte("*?[{^", c) >= 0 || strings.HasPrefix(l.text[l.at:], "@{"):
			t.pattern = true
		}
		if !quote {
			switch {
			case c == ' ' || c == '\t' || c == '\r' || c == '\n':
				t.text = b.String()
				return t, nil
			case c == ',' && depth == 0, c == '{' && depth == 0 && !l.startsWord():
				t.text = b.String()
				return t, nil
			case c == '{' || c == '[' || c == '(' && depth == 0 && b.Len() > 0 && strings.HasSuffix(b.String(), "="):
				depth++
			case c == '(' && b.Len() == 0:
				depth++
			case (c == '}' || c == ']' || c == ')') && depth > 0:
				depth--
			case c == '}':
				t.text = b.String()
				return t, nil
			}
			// A list in parentheses may have blanks in it: they stay in the word.
			if depth > 0 && l.inParentheses(b.String()) {
				if end := strings.IndexAny(l.text[l.at:], ")\n"); end >= 0 && l.text[l.at+end] == ')' {
					b.WriteString(l.text[l.at : l.at+end+1])
					l.at += end + 1
					depth--
					continue
				}
				return t, l.fail("a parenthesis is not closed")
			}
		}
		b.WriteByte(c)
		l.at++
	}
	if quote || depth > 0 {
		return t, l.fail("a quote or brace is not closed")
	}
	t.text = b.String()
	return t, nil
}

// inParentheses tells whether the next byte opens a list.
func (l *lexer) inParentheses(before string) bool {
	return l.text[l.at] == '(' && (before == "" || strings.HasSuffix(before, "="))
}

// escaped reads what a backslash begins: how long it is and what it stands for.
func escaped(s string) (int, string) {
	if len(s) < 2 {
		return len(s), ""
	}
	switch c := s[1]; {
	case c == 'n':
		return 2, "\n"
	case c == 't':
		return 2, "\t"
	case c == 'r':
		return 2, "\r"
	case c == 'a':
		return 2, "\a"
	case c >= '0' && c <= '3' && len(s) >= 4 && octal(s[2]) && octal(s[3]):
		return 4, string([]byte{(c-'0')<<6 | (s[2]-'0')<<3 | (s[3] - '0')})
	case c == 'x' && len(s) >= 4 && hexDigit(s[2]) >= 0 && hexDigit(s[3]) >= 0:
		return 4, string([]byte{byte(hexDigit(s[2])<<4 | hexDigit(s[3]))})
	case c == '\n':
		return 1, ""
	}
	return 2, s[1:2]
}

func octal(c byte) bool { return c >= '0' && c <= '7' }

func hexDigit(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }

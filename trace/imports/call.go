package imports

import (
	"regexp"
	"strings"
)

// call is one parsed call of a log.
type call struct {
	name   string
	args   []string // as the log has them, at the top level
	result string   // behind "= ", "" when the log does not say
}

var callHead = regexp.MustCompile(`^([a-z_][a-z0-9_]{0,63})\(`)

// parseCall splits "name(arguments) = result". Arguments may be cut off.
func parseCall(s string) (call, bool) {
	m := callHead.FindStringSubmatch(s)
	if m == nil {
		return call{}, false
	}
	args, rest := splitArguments(s[len(m[0]):])
	c := call{name: m[1], args: args}
	if _, result, ok := strings.Cut(rest, "= "); ok {
		c.result = strings.TrimSpace(result)
	}
	return c, true
}

// maxArguments bounds how many arguments are split off; a call has six.
const maxArguments = 16

// splitArguments splits at the commas of the top level up to the closing
// parenthesis, and returns what follows it. Text in quotes, brackets and after a
// descriptor ("3</a,b>") is not looked into.
func splitArguments(s string) (args []string, rest string) {
	var depth int
	start := 0
	take := func(end int) {
		if text := strings.TrimSpace(s[start:end]); (text != "" || len(args) > 0) && len(args) < maxArguments {
			args = append(args, text)
		}
	}
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			i = skipQuoted(s, i)
		case '<':
			if i > 0 && (isDigit(s[i-1]) || strings.HasSuffix(s[:i], "AT_FDCWD")) {
				i = skipAngle(s, i)
			}
		case '/':
			if strings.HasPrefix(s[i:], "/*") {
				if end := strings.Index(s[i+2:], "*/"); end >= 0 {
					i += 2 + end + 1
				}
			}
		case '(', '[', '{':
			depth++
		case ']', '}':
			depth--
		case ')':
			if depth <= 0 {
				take(i)
				return args, s[i+1:]
			}
			depth--
		case ',':
			if depth <= 0 {
				take(i)
				start = i + 1
			}
		}
	}
	take(len(s))
	return args, ""
}

// skipQuoted returns the index of the quote that closes the one at i, or the last
// index of s.
func skipQuoted(s string, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(s) - 1
}

// skipAngle returns the index of the bracket that closes the one at i: what
// stands behind a descriptor, which may have "->" and "[…]" inside.
func skipAngle(s string, i int) int {
	depth := 0
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '"':
			j = skipQuoted(s, j)
		case '[':
			depth++
		case ']':
			depth--
		case '>':
			if depth <= 0 && s[j-1] != '-' {
				return j
			}
		}
	}
	return i // not closed: no descriptor
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// unquote reads a string of the log: in quotes, with the escapes of C. It is false
// when the text is no string, and says when strace cut it ("…"...).
func unquote(s string) (text string, cut, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		return "", false, false
	}
	end := skipQuoted(s, 0)
	if end == 0 || s[end] != '"' {
		return "", false, false
	}
	return unescape(s[1:end]), strings.HasPrefix(s[end+1:], "..."), true
}

func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; {
		case c >= '0' && c <= '7':
			n, digits := 0, 0
			for digits < 3 && i < len(s) && s[i] >= '0' && s[i] <= '7' {
				n, digits, i = n*8+int(s[i]-'0'), digits+1, i+1
			}
			i--
			b.WriteByte(byte(n))
		case c == 'x' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0:
			b.WriteByte(byte(unhex(s[i+1])<<4 | unhex(s[i+2])))
			i += 2
		default:
			if at := strings.IndexByte("abtnvfr", c); at >= 0 {
				c = "\a\b\t\n\v\f\r"[at]
			}
			b.WriteByte(c)
		}
	}
	return b.String()
}

func unhex(b byte) int { return strings.IndexByte("0123456789abcdef", b|0x20) }

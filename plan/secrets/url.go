package secrets

import "strings"

// userParts finds the passwords in scheme://user:password@host. References count
// as one character, whatever they contain.
func userParts(text string) []Span {
	var out []Span
	for at := 0; ; {
		i := strings.Index(text[at:], "://")
		if i < 0 {
			return out
		}
		from := at + i + len("://")
		at = from
		if from < len("://")+1 || !isLetter(text[from-4]) && !isDigit(text[from-4]) {
			continue
		}
		start, end, ok := password(text, from)
		if !ok {
			continue
		}
		out = append(out, partSpans("password", text, start, end)...)
		at = end
	}
}

// password is the part of an address between the first colon and the last at sign
// before the host.
func password(text string, from int) (start, end int, ok bool) {
	colon, at, slash := -1, -1, -1
scan:
	for i := from; i < len(text); i++ {
		switch c := text[i]; {
		case c == '$':
			if r, ok := referenceAt(text, i); ok {
				i = r.end - 1
			} else if strings.HasPrefix(text[i:], "$$") {
				i++
			}
		case c == ':' && colon < 0 && slash < 0:
			colon = i
		case c == '@' && (slash < 0 || at < 0):
			at = i
		case c == '/' || c == '?' || c == '#':
			if at >= 0 {
				break scan
			}
			if slash < 0 {
				slash = i
			}
		case c <= ' ' || strings.IndexByte("\"'`<>\\,;", c) >= 0 && at >= 0:
			break scan
		case c == '"' || c == '\'' || c == '`':
			break scan
		}
	}
	if colon < 0 || at < colon+2 {
		return 0, 0, false
	}
	if slash >= 0 && slash < at && port(text[colon+1:slash]) {
		return 0, 0, false // http://host:80/path@2
	}
	return colon + 1, at, true
}

func port(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

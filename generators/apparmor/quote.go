package apparmor

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// quoted writes a literal name as a rule has it: in quotes, always. Letters, digits
// and harmless signs stand for themselves; what a pattern or a variable would begin
// with has a backslash; everything else is octal, so that neither the parser nor a
// reader's terminal finds a quote, a backslash, a line end or an unprintable
// character in it.
func quoted(name string) string { return `"` + literal(name) + `"` }

// literal is [quoted] without the quotes.
func literal(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case strings.IndexByte(patternSigns, c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~' || c == '"' || c == '\\':
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// patternSigns mean something in a path rule; the comma only inside of braces.
const patternSigns = "*?[]{}^"

// expressible tells why a name cannot be written as a rule; "" when it can.
func expressible(name string) string {
	switch {
	case !strings.HasPrefix(name, "/"):
		return "it is no absolute path"
	case strings.IndexByte(name, 0) >= 0:
		return "it holds a NUL byte"
	case len(name) > maxName:
		return fmt.Sprintf("it is longer than %d bytes", maxName)
	case !utf8.ValidString(name):
		return "it is not valid UTF-8, so that the recording may not be exact"
	case strings.ContainsRune(name, utf8.RuneError):
		return "a part of it could not be recorded"
	}
	for part := range strings.SplitSeq(strings.TrimPrefix(name, "/"), "/") {
		if part == "." || part == ".." || part == "" && name != "/" {
			return "it is not the shortest form of a path"
		}
	}
	return ""
}

// maxName is PATH_MAX: no kernel hands AppArmor a longer name.
const maxName = 4096

// shown bounds a name in a comment or a note.
const shown = 120

// printable makes a name of unknown origin fit for a comment or a terminal: ASCII,
// on one line, short. What had to be changed is in quotes, with escapes.
func printable(s string) string {
	cut := ""
	if len(s) > shown {
		s, cut = strings.ToValidUTF8(s[:shown], ""), "…"
	}
	if s != "" && cut == "" && strings.Trim(s, plainSigns) == "" {
		return s
	}
	q := fmt.Sprintf("%+q", s)
	if cut != "" {
		q += " ..."
	}
	return q
}

const plainSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%=~"

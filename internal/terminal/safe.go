// Package terminal stands between text that others wrote and the user's
// terminal: it escapes what a terminal would obey, and knows whether colour is
// wanted and how wide a line may be.
//
// Invariant: what [Safe] returns is valid UTF-8 that prints as it reads: no
// control character, no escape sequence, no invisible or direction-changing
// character, no line break.
package terminal

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe returns s with everything but printable characters and spaces escaped in
// Go's notation: \n, \x1b, \u202e. A backslash stays as it is, so that ordinary
// text is not changed.
func Safe(s string) string {
	clean := true
	for i, r := range s {
		if !printable(r) || r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case printable(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += n
	}
	return b.String()
}

// printable is stricter than "not a control character": unicode.IsPrint also
// leaves out format characters (bidi controls, joiners, tags), line separators
// and odd spaces.
func printable(r rune) bool {
	if !unicode.IsPrint(r) {
		return false
	}
	// Print nothing although they count as letters or marks: fillers and
	// variation selectors, with which text can be hidden.
	switch {
	case r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0,
		r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0100 && r <= 0xE01EF:
		return false
	}
	return true
}

// SafeArgs shows an argument vector on one line: each argument is made safe, and
// quoted when it would otherwise not read as one argument.
func SafeArgs(args []string) string {
	words := make([]string, len(args))
	for i, arg := range args {
		safe := Safe(arg)
		if safe == "" || strings.ContainsAny(safe, " '\"\\$`&|;<>()*?[]{}~#!") {
			safe = "'" + strings.ReplaceAll(safe, "'", `'\''`) + "'"
		}
		words[i] = safe
	}
	return strings.Join(words, " ")
}

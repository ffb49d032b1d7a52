package compose

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// words are plain scalars that some reader of YAML takes for something else than a
// string, in lower case.
var words = map[string]bool{
	"": true, "~": true, "null": true, "true": true, "false": true, "yes": true, "no": true, "on": true, "off": true,
	"y": true, "n": true, "=": true, "<<": true, "nan": true, "inf": true, ".nan": true, ".inf": true,
}

// numeric is what may be a number, a time or a date in YAML 1.1 or 1.2: digits with
// what may stand between them, and nothing else.
var numeric = regexp.MustCompile(`^[-+.]?[0-9][0-9_.,:eExXoObBa-fA-F+\- TZtz]*$`)

// indicators may not begin a plain scalar, or are better not to.
const indicators = "-?:,[]{}#&*!|>'\"%@`=~+."

// plainSafe tells whether every reader takes a plain scalar for this string.
func plainSafe(s string, flow bool) bool {
	switch {
	case words[strings.ToLower(s)] || numeric.MatchString(s):
		return false
	case strings.TrimSpace(s) != s || !printable(s):
		return false
	case strings.Contains(s, ": ") || strings.HasSuffix(s, ":") || strings.Contains(s, " #") || strings.Contains(s, "\t"):
		return false
	case flow && strings.ContainsAny(s, ",[]{}\"'"):
		return false
	}
	if strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../") || s == "." {
		return true
	}
	return strings.IndexByte(indicators, s[0]) < 0
}

// printable tells whether a string is one line without control characters.
func printable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// quoted is a string as a quoted scalar; json keeps to what JSON knows, too.
func quoted(s string, json bool) string {
	if !json && strings.ContainsAny(s, `"\`) && !strings.Contains(s, "'") && printable(s) {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == ' ' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			// As JSON has no longer escape, the pair that stands for it is no YAML.
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

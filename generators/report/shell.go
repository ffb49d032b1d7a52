package report

import "strings"

// shell is a word that a POSIX shell takes as it is. Control characters, which no
// quoting makes safe to paste, are written as escapes of $'…', which every shell
// that people paste into knows.
func shell(word string) string {
	if printable(word) != word {
		return dollarQuoted(word)
	}
	plain := word != "" && !strings.HasPrefix(word, "~") && !strings.ContainsFunc(word, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_./:@%+,-=~", r))
	})
	if plain {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func dollarQuoted(word string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	b.WriteString("$'")
	for i := range len(word) {
		switch c := word[i]; {
		case c == '\'' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 0x20 || c >= 0x7f:
			b.WriteString(`\x` + string(digits[c>>4]) + string(digits[c&15]))
		default:
			b.WriteByte(c)
		}
	}
	b.WriteString("'")
	return b.String()
}

// path is a path as an argument: one that begins with a dash is no option.
func path(name string) string {
	if strings.HasPrefix(name, "-") {
		name = "./" + name
	}
	return shell(name)
}

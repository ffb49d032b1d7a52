package secrets

import (
	"cmp"
	"slices"
	"strings"

	"batten/plan"
)

// masked stands where a value was. Its length says nothing.
const masked = "‹redacted›"

// shortest is the length from which on a value is masked inside of words.
const shortest = 4

// Values are all values that a set knows, with those that a default hides, and
// in the spelling of a compose file where that differs.
func Values(s *Set) []plan.Sensitive {
	have := map[string]bool{}
	var out []plan.Sensitive
	add := func(v string) {
		if v != "" && !have[v] {
			have[v] = true
			out = append(out, plan.NewSensitive(v))
		}
	}
	for _, secret := range s.Secrets {
		v := secret.Value.Reveal()
		add(v)
		add(escape(v))
	}
	for _, v := range s.literal {
		add(v.Reveal())
		add(escape(v.Reveal()))
	}
	return out
}

// Mask puts a mark in place of every value in a text, longest first. A value of
// several lines is masked line by line, too, because a diff parts it; values of
// fewer than four characters are masked where they are a word of their own.
func Mask(values []plan.Sensitive, text string) string {
	var all []string
	for _, v := range values {
		lines := strings.FieldsFunc(v.Reveal(), func(r rune) bool { return r == '\n' || r == '\r' })
		for _, line := range lines {
			if line = strings.TrimSpace(line); line != "" {
				all = append(all, line)
			}
		}
		if len(lines) > 1 {
			all = append(all, v.Reveal())
		}
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	all = slices.Compact(all)
	byStart := map[byte][]string{}
	for _, v := range all {
		byStart[v[0]] = append(byStart[v[0]], v)
	}
	var b strings.Builder
next:
	for i := 0; i < len(text); {
		for _, v := range byStart[text[i]] {
			if strings.HasPrefix(text[i:], v) && (len(v) >= shortest || standsAlone(text, i, i+len(v))) {
				b.WriteString(masked)
				i += len(v)
				continue next
			}
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String()
}

func standsAlone(text string, start, end int) bool {
	return (start == 0 || !wordByte(text[start-1])) && (end == len(text) || !wordByte(text[end]))
}

func wordByte(c byte) bool { return c == '_' || c == '-' || c >= 0x80 || isLetter(c) || isDigit(c) }

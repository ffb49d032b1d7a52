package profiles

import (
	"slices"
	"strings"
	"unicode"
)

// Redacted stands in the place of a value that looked like a secret.
const Redacted = "[redacted]"

const (
	maxArgs     = 32  // arguments kept of a vector
	maxArgBytes = 200 // bytes kept of one argument, the mark of a cut included
	cutMark     = "…"
	// maxTextBytes bounds RedactText.
	maxTextBytes = 4096
)

// RedactArgs returns a copy of an argument vector that is fit to be kept: values
// that look like secrets are replaced by [Redacted], at most 32 arguments are
// kept, and at most 200 bytes of each. It errs on the side of hiding too much.
// Redacting what was redacted changes nothing.
func RedactArgs(args []string) []string {
	if args == nil {
		return nil
	}
	out := slices.Clone(args[:min(len(args), maxArgs)])
	return settle(out, func(list []string) []string {
		for i, s := range list {
			list[i] = cutString(s, maxArgBytes)
		}
		return redactWords(list)
	})
}

// RedactText does the same for one line of text, such as a shell command, up to
// 4096 bytes.
func RedactText(s string) string {
	return settle([]string{s}, func(list []string) []string {
		return []string{redactLine(cutString(list[0], maxTextBytes))}
	})[0]
}

// settle repeats a pass until nothing changes any more, because cutting and
// replacing can lay bare what then looks like a secret. What will not settle is
// hidden as a whole.
func settle(list []string, pass func([]string) []string) []string {
	const passes = 8
	for range passes {
		next := pass(slices.Clone(list))
		if slices.Equal(next, list) {
			return list
		}
		list = next
	}
	for i := range list {
		list[i] = Redacted
	}
	return list
}

// redactWords redacts the words of one command, each of which may be a line of
// text itself ("sh", "-c", "mysql -psecret").
func redactWords(words []string) []string {
	var w wordState
	for i, s := range words {
		words[i] = w.next(s)
	}
	return words
}

// redactLine redacts a text, keeping the white space between its words.
func redactLine(s string) string {
	var b strings.Builder
	w := wordState{line: true}
	s = redactPatterns(s)
	for len(s) > 0 {
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end < 0 {
			end = len(s)
		}
		if end > 0 {
			b.WriteString(w.next(s[:end]))
			s = s[end:]
		}
		end = strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) })
		if end < 0 {
			end = len(s)
		}
		b.WriteString(s[:end])
		s = s[end:]
	}
	return b.String()
}

// cutString keeps at most limit bytes, the mark of the cut included.
func cutString(s string, limit int) string {
	if !boundString(&s, limit) {
		return s
	}
	boundString(&s, limit-len(cutMark))
	return s + cutMark
}

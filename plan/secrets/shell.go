package secrets

import (
	"regexp"
	"strings"
)

// Quote is a text as one word of a shell script, whatever is in it.
func Quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// read is the content of a secret's file, in a shell script. Names of secrets
// need no quotes.
func read(name string) string { return `"$(cat ` + mount(name) + `)"` }

// mount is where a service sees a secret.
func mount(name string) string { return "/run/secrets/" + name }

// assemble is a shell word that is the text with its secrets read from files. The
// text is without references; between the secrets it is quoted.
func assemble(text string, spans []Span, name func(Span) string) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		if s.Start > at {
			b.WriteString(Quote(unescape(text[at:s.Start])))
		}
		b.WriteString(read(name(s)))
		at = s.End
	}
	if at < len(text) {
		b.WriteString(Quote(unescape(text[at:])))
	}
	return b.String()
}

// export is the statement of a wrapper that sets a variable.
func export(variable, word string) string { return "export " + variable + "=" + word + "; " }

// reachable is a statement that fails, and says why, when a file cannot be read: a
// shell goes on with an empty word.
func reachable(names []string) string {
	var b strings.Builder
	b.WriteString("cat")
	for _, name := range names {
		b.WriteString(" " + mount(name))
	}
	return b.String() + " >/dev/null; "
}

// start runs what the wrapper was given as arguments in the wrapper's place.
const start = `exec "$0" "$@"`

// inScript puts reading a secret in place of a span of a script, for the quotes
// that the span stands in. It is false where that cannot be told, and for a value
// that means something else to a shell there.
func inScript(script string, spans []Span, name func(Span) string) (string, bool) {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		quoted, ok := quoteAt(script, s.Start)
		if !ok || s.Variable != "" || !readable(spans) || !meansItself[quoted].MatchString(s.Value.Reveal()) {
			return "", false
		}
		b.WriteString(script[at:s.Start])
		word := escape(read(name(s)))
		switch quoted {
		case '"':
			word = strings.Trim(word, `"`)
		case '\'':
			word = `'` + word + `'`
		}
		b.WriteString(word)
		at = s.End
	}
	b.WriteString(script[at:])
	return b.String(), true
}

// meansItself is what a shell takes as it is, by the quotes around it.
var meansItself = map[byte]*regexp.Regexp{
	0:    regexp.MustCompile(`^[A-Za-z0-9_./:@%+,=^!-]*$`),
	'"':  regexp.MustCompile("^[^\"$`\\\\]*$"),
	'\'': regexp.MustCompile(`^[^']*$`),
}

// quoteAt is the quote that a place in a script is inside of, 0 for none.
func quoteAt(script string, place int) (byte, bool) {
	quoted := byte(0)
	for i := 0; i < place; i++ {
		switch c := script[i]; {
		case c == '#' && quoted == 0 && (i == 0 || strings.IndexByte(" \t\n;&|(", script[i-1]) >= 0):
			return 0, false // a comment, whose quotes are none
		case c == '\\' || c == '`' || strings.HasPrefix(script[i:], "$(") || strings.HasPrefix(script[i:], "<<"):
			return 0, false
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '"' || c == '\'':
			quoted = c
		}
	}
	return quoted, true
}

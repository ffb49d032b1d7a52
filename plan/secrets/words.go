package secrets

import "strings"

// word is one word of a command, as a shell would part it.
type word struct {
	item       int // of the argument vector
	start, end int // in the item's text, with the quotes inside, without those around all of it
	text       string
	// parts is true for words that end a simple command: ";", "&&", "|".
	parts bool
	// known is false when quotes or escapes make the word's end uncertain.
	known bool
}

// shellWords parts a text as a shell does: by blanks outside quotes and command
// substitutions.
func shellWords(item int, text string) []word {
	var out []word
	for i := 0; i < len(text); {
		if blank(text[i]) {
			i++
			continue
		}
		if n := separator(text[i:]); n > 0 {
			out = append(out, word{item: item, start: i, end: i + n, text: text[i : i+n], parts: true})
			i += n
			continue
		}
		end, known := wordEnd(text, i)
		w := word{item: item, start: i, end: end, known: known}
		if end-i >= 2 && (text[i] == '"' || text[i] == '\'') && text[end-1] == text[i] && strings.IndexByte(text[i+1:end-1], text[i]) < 0 {
			w.start, w.end = i+1, end-1
		}
		w.text = text[w.start:w.end]
		out = append(out, w)
		i = end
	}
	return out
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func separator(s string) int {
	for _, sep := range []string{"&&", "||", ";", "|", "&"} {
		if strings.HasPrefix(s, sep) {
			return len(sep)
		}
	}
	return 0
}

// wordEnd is where the word that begins at start ends.
func wordEnd(text string, start int) (end int, known bool) {
	known = true
	quote, depth := byte(0), 0
	for i := start; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\':
			i++
			known = false
		case c == '$' && quote != '\'':
			if r, ok := referenceAt(text, i); ok {
				i = r.end - 1
			} else if strings.HasPrefix(text[i:], "$(") {
				depth++
				i++
			} else if strings.HasPrefix(text[i:], "$$(") {
				depth++
				i += 2
			} else if strings.HasPrefix(text[i:], "$$") {
				i++
			}
		case depth > 0:
			if c == ')' {
				depth--
			}
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case blank(c) || separator(text[i:]) > 0:
			return i, known
		}
	}
	return len(text), known && quote == 0 && depth == 0
}

// vector parts the arguments of a command into words. A command that is one text, a
// script, and a flag with its value hold several.
func vector(args []string) []word {
	var out []word
	for i, a := range args {
		if n := strings.IndexAny(a, "= \t\n"); len(args) > 1 && n > 0 && a[n] == '=' && strings.HasPrefix(a, "--") {
			out = append(out, word{item: i, end: len(a), text: a, known: true})
			continue // a flag with its value, blanks and all
		}
		if strings.ContainsAny(a, " \t\n") && (i == 0 || args[0] == "CMD-SHELL" || scriptFlag(args[i-1]) || strings.HasPrefix(a, "--")) {
			out = append(out, scripts(i, a, 0, len(a), 0)...)
			continue
		}
		out = append(out, word{item: i, end: len(a), text: a, known: true})
	}
	return out
}

// scripts are the words of a part of a text, with the words of scripts within
// quotes in place of these.
func scripts(item int, text string, start, end, depth int) []word {
	var out []word
	for _, w := range shellWords(item, text[start:end]) {
		w.start, w.end = w.start+start, w.end+start
		if n := len(out); n > 0 && scriptFlag(out[n-1].text) && strings.ContainsAny(w.text, " \t\n") && depth < maxScripts {
			out = append(out, scripts(item, text, w.start, w.end, depth+1)...)
			continue
		}
		out = append(out, w)
	}
	return out
}

// maxScripts bounds scripts within scripts.
const maxScripts = 8

// scriptFlag is what a shell takes a script after: -c, -ec, -lc.
func scriptFlag(s string) bool {
	return len(s) >= 2 && len(s) <= 5 && s[0] == '-' && s[len(s)-1] == 'c' && s[1] != '-'
}

package secrets

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"batten/plan"
)

// Span is one credential in a text.
type Span struct {
	// Start and End bound what an interpolated variable would stand for, in bytes of
	// the text as it is written. Of a default that is the whole ${NAME:-default}.
	Start, End int
	Value      plan.Sensitive // as compose hands it on: "$" not doubled
	// Variable is NAME of a ${NAME:-default} whose default is the credential.
	Variable string
}

// entrySpans finds credentials in the value of a named entry.
func entrySpans(name, text string, prose bool) []Span {
	inside := textSpans(text, prose)
	switch judge(name) {
	case harmless:
		return inside
	case vague:
		if len(references(text)) > 0 || !drawn(text) || exempt(name, unescape(text)) {
			return inside
		}
	}
	if plainURL.MatchString(text) && len(inside) > 0 {
		return inside // the user part of an address, which others may have, too
	}
	whole := valueSpans(name, text)
	if len(references(text)) == 0 && len(whole) == 0 && passwordName(normalName(name)) && startsWithSign(text) {
		whole = []Span{{Start: 0, End: len(text), Value: plan.NewSensitive(unescape(text))}}
	}
	whole = append(whole, betweenSpans(name, text)...)
	return tidy(append(whole, inside...))
}

// capitals is a reference for a shell as such variables are named.
var capitals = regexp.MustCompile(`^\$\$\{?(?:[A-Z_][A-Z0-9_]*|[0-9]+)\}?$`)

// startsWithSign tells that a password in the environment begins with a doubled dollar sign
// and is not what a shell would fill in: nothing does so there but a program itself.
func startsWithSign(text string) bool {
	return strings.HasPrefix(text, "$$") && len(text) > len("$$") && !strings.HasPrefix(text, "$$(") && !capitals.MatchString(text)
}

// betweenSpans are the parts of a credential between references, where they look like
// part of one: not a scheme, a word, a path.
func betweenSpans(name, text string) []Span {
	refs := references(text)
	if len(refs) == 0 || strings.HasSuffix(normalName(name), "DSN") || strings.Contains(text, "://") {
		return nil
	}
	var out []Span
	at := 0
	part := func(end int) {
		if p := text[at:end]; len(p) >= shortest && classes(p) >= 2 && !strings.ContainsAny(p, " \t\n/:@=;,{}\"'`()") {
			out = append(out, Span{Start: at, End: end, Value: plan.NewSensitive(unescape(p))})
		}
	}
	for _, r := range refs {
		part(r.start)
		at = r.end
	}
	part(len(text))
	return out
}

// valueSpans judges a text that is a credential as a whole if it is one at all:
// the literal, or the defaults of references in it.
func valueSpans(name, text string) []Span {
	refs := references(text)
	if len(refs) == 0 {
		if exempt(name, unescape(text)) {
			return nil
		}
		return []Span{{Start: 0, End: len(text), Value: plan.NewSensitive(unescape(text))}}
	}
	return defaultSpans(text, func(reference) bool { return true }, name)
}

// defaultSpans are the credentials in the defaults of references that wanted
// takes.
func defaultSpans(text string, wanted func(reference) bool, name string) []Span {
	var out []Span
	for _, r := range references(text) {
		if !r.hasDefault() {
			continue
		}
		inner := text[r.from:r.to]
		var spans []Span
		if wanted(r) {
			spans = valueSpans(cmp.Or(name, r.name), inner)
		} else {
			spans = textSpans(inner, false)
		}
		for _, s := range spans {
			all := s.Variable == "" && s.Start == 0 && s.End == len(inner)
			if all && !strings.HasSuffix(r.op, "+") {
				s.Start, s.End, s.Variable = r.start, r.end, r.name
			} else { // inside a longer default, or an alternative, which stays one
				s.Start, s.End = s.Start+r.from, s.End+r.from
			}
			out = append(out, s)
		}
	}
	return out
}

// textSpans finds credentials by their shape in any text: user parts of
// addresses, assignments, known forms of tokens, and defaults of references that
// are named like credentials. In prose, assignments mean nothing.
func textSpans(text string, prose bool) []Span {
	out := userParts(text)
	if !prose {
		out = append(out, assignments(text)...)
	}
	out = append(out, patterns(text)...)
	out = append(out, defaultSpans(text, func(r reference) bool { return Credential(r.name) }, "")...)
	return tidy(out)
}

// tidy sorts spans and leaves out those that overlap one before them; of two that
// begin together the longer stays.
func tidy(spans []Span) []Span {
	slices.SortStableFunc(spans, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
	})
	out := spans[:0]
	end := 0
	for _, s := range spans {
		if s.End > s.Start && (len(out) == 0 || s.Start >= end) {
			out = append(out, s)
			end = s.End
		}
	}
	return out
}

// partSpans judges the part of a text from start to end as the value of a
// credential.
func partSpans(name, text string, start, end int) []Span {
	var out []Span
	for _, s := range valueSpans(name, text[start:end]) {
		s.Start, s.End = s.Start+start, s.End+start
		out = append(out, s)
	}
	return out
}

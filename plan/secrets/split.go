package secrets

import "strings"

// splitter parts a command that is written as one text into the words that compose
// makes of it, before variables are filled in: a reference stays, as part of one
// word.
type splitter struct {
	words []Scalar
	word  Scalar
	open  bool // a word has begun
	quote byte
}

// split is false for what the programs that read such a text do not agree on:
// operators of a shell outside quotes, and most escapes.
func split(sc Scalar) ([]Scalar, bool) {
	s := &splitter{word: Scalar{Written: sc.Written}}
	spans := sc.Spans
	for i := 0; i < len(sc.Text); {
		n, ok := 0, true
		if len(spans) > 0 && spans[0].Start == i {
			n, ok = s.span(sc.Text, spans[0])
			spans = spans[1:]
		} else if n, ok = s.next(sc.Text[i:]); ok && len(spans) > 0 && i+n > spans[0].Start {
			ok = false // it begins within an escape or a reference
		}
		if !ok {
			return nil, false
		}
		i += n
	}
	s.end()
	return s.words, s.quote == 0 && len(spans) == 0
}

// span takes a credential as a whole, which has to mean itself where it stands.
func (s *splitter) span(text string, span Span) (int, bool) {
	piece := text[span.Start:span.End]
	special := map[byte]string{0: blanks + shellOperators + "\"'\\", '"': "\"\\", '\'': "'"}[s.quote]
	if span.Variable == "" && strings.ContainsAny(piece, special) {
		return 0, false
	}
	at := len(s.word.Text)
	s.add(piece)
	span.Start, span.End = at, at+len(piece)
	s.word.Spans = append(s.word.Spans, span)
	return len(piece), true
}

const (
	blanks         = " \t\r\n"
	shellOperators = ";&|<>()`"
)

// next takes what a text begins with, and tells how long that is.
func (s *splitter) next(text string) (int, bool) {
	c := text[0]
	switch {
	case c == '$':
		if strings.HasPrefix(text, "$$") {
			s.add("$$")
			return 2, true
		}
		r, ok := referenceAt(text, 0)
		if ok {
			s.add(text[:r.end])
		}
		return r.end, ok
	case c == '\\' && s.quote != '\'':
		if len(text) < 2 || strings.IndexByte("$\n\r", text[1]) >= 0 || s.quote == '"' && strings.IndexByte("\"\\", text[1]) < 0 {
			return 0, false
		}
		s.add(text[1:2])
		return 2, true
	case s.quote != 0 && c == s.quote:
		s.quote = 0
	case s.quote == 0 && (c == '"' || c == '\''):
		s.quote, s.open = c, true
	case s.quote == 0 && strings.IndexByte(blanks, c) >= 0:
		s.end()
	case s.quote == 0 && strings.IndexByte(shellOperators, c) >= 0:
		return 0, false
	default:
		s.add(text[:1])
	}
	return 1, true
}

func (s *splitter) add(text string) {
	s.word.Text += text
	s.open = true
}

func (s *splitter) end() {
	if s.open {
		s.words = append(s.words, s.word)
	}
	s.word, s.open = Scalar{Written: s.word.Written}, false
}

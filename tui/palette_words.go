package tui

import (
	"errors"
	"fmt"
	"strings"
)

// meant are characters that a shell would do something with. Nothing here does, and to
// take them as they are would do something else than the same line in a shell.
const meant = "$`;|&<>()*?["

// splitWords splits a command line into words as a shell does: quotes and backslashes
// hold words together. There are no variables, commands or patterns in it.
func splitWords(text string) ([]string, error) {
	s := splitter{rest: []rune(text)}
	for len(s.rest) > 0 {
		if err := s.step(s.next()); err != nil {
			return nil, err
		}
	}
	if s.quote != 0 {
		return nil, fmt.Errorf("a quote is not closed: %c", s.quote)
	}
	s.end()
	return s.words, nil
}

type splitter struct {
	rest  []rune
	words []string
	word  strings.Builder
	begun bool // there is a word, also an empty one
	quote rune // that is open, 0 for none
}

func (s *splitter) next() rune {
	r := s.rest[0]
	s.rest = s.rest[1:]
	return r
}

func (s *splitter) add(r rune) { s.word.WriteRune(r); s.begun = true }

func (s *splitter) end() {
	if s.begun {
		s.words = append(s.words, s.word.String())
	}
	s.word.Reset()
	s.begun = false
}

func (s *splitter) step(r rune) error {
	switch {
	case r == s.quote:
		s.quote = 0
	case s.quote == '\'':
		s.add(r)
	case r == '\\':
		return s.escaped()
	case s.quote == '"':
		if r == '$' || r == '`' {
			return special(r)
		}
		s.add(r)
	case r == '\'' || r == '"':
		s.quote, s.begun = r, true
	case r == ' ' || r == '\t':
		s.end()
	case strings.ContainsRune(meant, r) || (r == '~' || r == '#') && !s.begun:
		return special(r)
	default:
		s.add(r)
	}
	return nil
}

// escaped is what a backslash takes the meaning of. Between double quotes it does so of
// a few characters only.
func (s *splitter) escaped() error {
	if len(s.rest) == 0 {
		return errors.New("nothing follows the backslash at the end")
	}
	r := s.next()
	if s.quote == '"' && !strings.ContainsRune("$`\"\\", r) {
		s.add('\\')
	}
	s.add(r)
	return nil
}

func special(r rune) error {
	return fmt.Errorf("%c does nothing here: to mean the character itself, put it between single quotes", r)
}

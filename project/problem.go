package project

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// problem is what is wrong at one place of a file. Its text is one line and holds
// nothing of the file but names.
type problem struct {
	file         string // as people know it
	line, column int    // 0 when not known
	kind         error  // what callers branch on
	text         string
}

func (p *problem) Error() string {
	at := Printable(p.file)
	if p.line > 0 {
		at += ":" + strconv.Itoa(p.line)
		if p.column > 0 {
			at += ":" + strconv.Itoa(p.column)
		}
	}
	if p.text == "" {
		return fmt.Sprintf("%s: %v", at, p.kind)
	}
	return fmt.Sprintf("%s: %v: %s", at, p.kind, p.text)
}

func (p *problem) Unwrap() error { return p.kind }

// bad is a kind of problem that makes a file unusable for a reason that callers
// know, too.
func bad(reason error) error { return fmt.Errorf("%w: %w", ErrBadCompose, reason) }

// problemAt is what is wrong at a node of a source; at the source as a whole
// without one. Hostile text in args belongs to %q, or through [Printable].
func (s *Source) problemAt(n *yaml.Node, kind error, format string, args ...any) error {
	p := &problem{file: s.Name, kind: kind, text: fmt.Sprintf(format, args...)}
	if n != nil {
		p.line, p.column = n.Line, n.Column
	}
	return p
}

// maxShown bounds how much of somebody's text is put into a message.
const maxShown = 200

// quoted is text of others in quotes, on one line and not too long.
func quoted(s string) string { return strconv.Quote(short(s)) }

// Printable is text of others as it can stand in a message: on one line, without
// control characters, not too long.
func Printable(s string) string {
	s = short(s)
	if !strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return s
	}
	q := strconv.Quote(s)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}

func short(s string) string {
	if runes := []rune(s); len(runes) > maxShown {
		return string(runes[:maxShown]) + "…"
	}
	return s
}

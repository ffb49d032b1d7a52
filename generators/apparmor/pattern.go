package apparmor

import (
	"regexp"
	"strings"
)

// piece is a stretch of a segment: text, or a class.
type piece struct {
	text  string
	class class
}

// segment is what stands between two slashes. The zero value is empty.
type segment []piece

func text(s string) segment { return segment{{text: s}} }

// literal tells whether a segment has no class.
func (s segment) literal() bool {
	for _, p := range s {
		if p.class.kind != classNone {
			return false
		}
	}
	return true
}

func (s segment) rule() string {
	var b strings.Builder
	for _, p := range s {
		b.WriteString(literal(p.text))
		b.WriteString(p.class.text())
	}
	return b.String()
}

func (s segment) expr() string {
	var b strings.Builder
	for _, p := range s {
		b.WriteString(regexp.QuoteMeta(p.text))
		b.WriteString(p.class.expr())
	}
	return b.String()
}

// tidy joins neighbouring text.
func (s segment) tidy() segment {
	var out segment
	for _, p := range s {
		switch n := len(out); {
		case p.text == "" && p.class.kind == classNone:
		case n > 0 && p.class.kind == classNone && out[n-1].class.kind == classNone:
			out[n-1].text += p.text
		default:
			out = append(out, p)
		}
	}
	return out
}

// pattern is what the path of a rule stands for.
type pattern struct {
	segments []segment // none: "/"
	folder   bool
}

func (p pattern) literal() bool {
	for _, s := range p.segments {
		if !s.literal() {
			return false
		}
	}
	return true
}

// rule spells the pattern in quotes.
func (p pattern) rule() string {
	var b strings.Builder
	b.WriteByte('"')
	for _, s := range p.segments {
		b.WriteByte('/')
		b.WriteString(s.rule())
	}
	if p.folder || len(p.segments) == 0 {
		b.WriteByte('/')
	}
	b.WriteByte('"')
	return b.String()
}

// matcher matches the names that AppArmor would compare: folders end in a slash.
func (p pattern) matcher() *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for _, s := range p.segments {
		b.WriteByte('/')
		b.WriteString(s.expr())
	}
	if p.folder || len(p.segments) == 0 {
		b.WriteByte('/')
	}
	b.WriteString(`\z`)
	return regexp.MustCompile(b.String())
}

// classes calls yield for each class of the pattern.
func (p pattern) classes(yield func(class)) {
	for _, s := range p.segments {
		for _, x := range s {
			if x.class.kind != classNone {
				yield(x.class)
			}
		}
	}
}

// name is a path as AppArmor compares it.
func name(path string, folder bool) string {
	if folder && path != "/" {
		return path + "/"
	}
	return path
}

func split(path string) []string {
	if path == "/" {
		return nil
	}
	return strings.Split(path[1:], "/")
}

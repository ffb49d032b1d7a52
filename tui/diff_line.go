package tui

import (
	"slices"
	"strings"
	"unicode"
)

// row is a cell as it is shown.
func (n *numbered) row(c cell, sides bool) contentRow {
	var out contentRow
	for _, i := range c.lines() {
		out.copy = n.Lines[i].Text // the new one, where there is one
		for _, id := range n.Lines[i].Findings {
			if !slices.Contains(out.ids, id) {
				out.ids = append(out.ids, id)
			}
		}
	}
	if sides {
		out.draw = func(left, w int) line { return sideBySide(n, c, left, w) }
		return out
	}
	i := c.first()
	out.draw = func(left, w int) line {
		gutter := as(muted, n.number(n.old[i])+n.number(n.new[i]))
		return scrolled(gutter.with(diffSign(n, i)), diffText(n, i), left, w)
	}
	return out
}

// words are the texts of a cell, for filters.
func (n *numbered) words(c cell) string {
	if c.old >= 0 && c.new >= 0 && c.old != c.new {
		return n.Lines[c.old].Text + " " + n.Lines[c.new].Text
	}
	return n.Lines[c.first()].Text
}

// diffSign is the sign of a line.
func diffSign(n *numbered, i int32) line { return as(diffRoles[n.Lines[i].Kind], n.Lines[i].Kind+" ") }

// diffText is what a line says, with the part marked that differs from the line that it
// replaced, or that replaced it.
func diffText(n *numbered, i int32) line {
	l := n.Lines[i]
	text, r := untabbed(l.Text), diffRoles[l.Kind]
	if l.Kind == " " {
		r = normal
	}
	out := as(r, text)
	if twin := n.twin[i]; twin >= 0 {
		if from, to, ok := differing(text, untabbed(n.Lines[twin].Text)); ok {
			out = as(r, text[:from]).and(marking, text[from:to]).and(r, text[to:])
		}
	}
	if l.NoEnd {
		out = out.and(muted, "  (no line end)")
	}
	return out
}

// differing is the part of a text that differs from another one, in whole words; not ok
// when they have so little in common that all of it would be marked.
func differing(text, other string) (from, to int, ok bool) {
	a, b := []rune(text), []rune(other)
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	for head > 0 && word(a[head-1]) && (begins(a, head) || begins(b, head)) {
		head--
	}
	for tail > 0 && word(a[len(a)-tail]) && (ends(a, tail) || ends(b, tail)) {
		tail--
	}
	common := strings.TrimSpace(string(a[:head])) + strings.TrimSpace(string(a[len(a)-tail:]))
	shorter := min(len(strings.TrimSpace(text)), len(strings.TrimSpace(other)))
	if len(common)*3 < shorter {
		return 0, 0, false
	}
	return len(string(a[:head])), len(string(a[:len(a)-tail])), true
}

// begins tells whether a word goes on at a place, ends whether one does before so many
// last characters: then the whole word differs.
func begins(text []rune, at int) bool { return at < len(text) && word(text[at]) }
func ends(text []rune, tail int) bool {
	return len(text)-tail > 0 && word(text[len(text)-tail-1])
}

func word(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

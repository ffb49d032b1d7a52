package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// code is text as a code span: nothing in it is markup.
func code(s string) string {
	s = printable(s)
	if strings.TrimSpace(s) == "" {
		return "(empty)"
	}
	longest, run := 0, 0
	for _, r := range s {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	fence := strings.Repeat("`", longest+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.HasPrefix(s, " ") && strings.HasSuffix(s, " ") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// prose is text of others in a sentence: what would be markup, a tag, a link or an
// entity is escaped.
func prose(s string) string {
	s = strings.TrimSpace(printable(s))
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for i, r := range s {
		next := i + utf8.RuneLen(r)
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\`*~|", r), r == '[' && (i == 0 || runeAt(s, next) == '^'),
			r == ']' && (next == len(s) || strings.ContainsRune("([:", runeAt(s, next))): // a bracket that could be a link's
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '_' && !(word(runeBefore(s, i)) && word(runeAt(s, next))):
			b.WriteString(`\_`)
		case r == '/' && runeBefore(s, i) == ':' && runeAt(s, next) == '/': // no link that nobody wrote
			b.WriteString(`\/`)
		case r == '.' && i >= 3 && strings.EqualFold(s[i-3:i], "www"):
			b.WriteString(`\.`)
		case r == '@':
			b.WriteString(`\@`)
		case strings.ContainsRune("#+-=!", r) && i == 0:
			b.WriteByte('\\')
			b.WriteRune(r)
		case (r == '.' || r == ')') && (next == len(s) || s[next] == ' ') && i > 0 && digits(s[:i]):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// runeAt and runeBefore are a text's neighbours of a place, blanks beyond its ends.
func runeAt(s string, i int) rune {
	if i >= len(s) {
		return ' '
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r
}

func runeBefore(s string, i int) rune {
	if i == 0 {
		return ' '
	}
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return r
}

// digits tells whether all are: a number at the begin of a line makes a list.
func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// row is one line of a table. Cells are Markdown already; a bar in them, which ends
// a cell even inside a code span, is escaped.
func row(cells ...string) string {
	var b strings.Builder
	b.WriteByte('|')
	for _, c := range cells {
		b.WriteByte(' ')
		b.WriteString(escapeBars(c))
		b.WriteString(" |")
	}
	b.WriteByte('\n')
	return b.String()
}

func escapeBars(cell string) string {
	if !strings.Contains(cell, "|") {
		return cell
	}
	var b strings.Builder
	escaped := false
	for _, r := range cell {
		if r == '|' && !escaped {
			b.WriteByte('\\')
		}
		escaped = r == '\\' && !escaped
		b.WriteRune(r)
	}
	return b.String()
}

// table is a head with rows below.
func table(head []string, rows [][]string) string {
	var b strings.Builder
	b.WriteString(row(head...))
	b.WriteString("|" + strings.Repeat("---|", len(head)) + "\n")
	for _, r := range rows {
		b.WriteString(row(r...))
	}
	return b.String()
}

// wrap breaks a paragraph, an item or a note into lines of at most 96 characters;
// further ones are indented. Code spans are not broken.
func wrap(text, indent string) string {
	const width = 96
	var b strings.Builder
	b.Grow(len(text) + len(text)/16 + 1)
	column := 0
	for i, w := range words(text) {
		n := utf8.RuneCountInString(w)
		switch {
		case i == 0:
		case column+1+n > width && !startsMarkup(w):
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(w)
		column += n
	}
	b.WriteByte('\n')
	return b.String()
}

// startsMarkup tells that a word would be more than a word at the begin of a line.
func startsMarkup(w string) bool {
	return strings.HasPrefix(w, "```") || strings.ContainsRune("#+-=>|", rune(w[0])) || w[0] >= '0' && w[0] <= '9' && strings.ContainsAny(w, ".)")
}

// words are parted by blanks outside code spans.
func words(text string) []string {
	out := make([]string, 0, 1+strings.Count(text, " "))
	start, fence, run := 0, 0, 0
	take := func(end int) {
		if end > start {
			out = append(out, text[start:end])
		}
		start = end + 1
	}
	closeRun := func() {
		switch {
		case run == 0:
		case fence == 0:
			fence = run
		case fence == run:
			fence = 0
		}
		run = 0
	}
	escaped := false
	for i, r := range text {
		if r == '`' && !escaped {
			run++
		} else {
			closeRun()
		}
		if r == ' ' && fence == 0 {
			take(i)
			escaped = false
			continue
		}
		escaped = r == '\\' && !escaped && fence == 0
	}
	take(len(text))
	return out
}

package secrets

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"batten/project"
)

// extent is a part of one line of a source.
type extent struct {
	line       int // from 0
	start, end int // in bytes
}

// layout is the raw text of a source.
type layout struct {
	lines []string
	next  map[*yaml.Node]*yaml.Node // in the order of the text
}

func layOut(s *project.Source) *layout {
	l := &layout{next: map[*yaml.Node]*yaml.Node{}}
	for line := range strings.Lines(string(s.Data)) {
		l.lines = append(l.lines, strings.TrimRight(line, "\r\n"))
	}
	var last *yaml.Node
	var walk func(n *yaml.Node, depth int)
	walk = func(n *yaml.Node, depth int) {
		if n == nil || depth > maxNesting {
			return
		}
		if last != nil {
			l.next[last] = n
		}
		last = n
		for _, c := range n.Content {
			walk(c, depth+1)
		}
	}
	walk(s.Root, 0)
	return l
}

// start is where a node begins: its line, from 0, and its byte there.
func (l *layout) start(n *yaml.Node) (line, at int) {
	line = n.Line - 1
	if line < 0 || line >= len(l.lines) {
		return -1, 0
	}
	for column := 1; column < n.Column && at < len(l.lines[line]); column++ {
		_, size := utf8.DecodeRuneInString(l.lines[line][at:])
		at += size
	}
	return line, at
}

// token is the raw text of a scalar without its quotes, line by line. Of what is not in
// quotes, that is all up to the next node, which may be too much and is never too little.
func (l *layout) token(n *yaml.Node) []extent {
	line, at := l.start(n)
	if line < 0 {
		return nil
	}
	if quote := quoteOf(l.lines[line][at:], n); quote != 0 {
		return l.quoted(line, at, quote)
	}
	last, to := len(l.lines)-1, -1
	if next := l.next[n]; next != nil {
		if last, to = l.start(next); last < line {
			return nil
		}
		if last > line {
			last, to = last-1, -1
		}
	}
	var out []extent
	for i := line; i <= last; i++ {
		e := extent{i, indent(l.lines[i]), len(l.lines[i])}
		if i == line && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			continue // the sign of a block, which its text follows
		}
		if i == line {
			e.start = at
			if i == last && to >= at {
				e.end = to
			}
		}
		if e.end > e.start {
			out = append(out, e)
		}
	}
	// A value on its own line is all that counts there.
	if text := l.lines[line][at:]; n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 && strings.HasPrefix(text, n.Value) && !strings.Contains(n.Value, "\n") {
		return []extent{{line, at, at + len(n.Value)}}
	}
	return out
}

// quoteOf is the quote that a scalar begins with, 0 for none. Tags and anchors before it
// are not looked behind.
func quoteOf(text string, n *yaml.Node) byte {
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 && text != "" && (text[0] == '\'' || text[0] == '"') {
		return text[0]
	}
	return 0
}

func (l *layout) quoted(line, at int, quote byte) []extent {
	var out []extent
	from := at + 1
	for ; line < len(l.lines); line++ {
		text := l.lines[line]
		for i := from; i < len(text); i++ {
			switch {
			case text[i] == '\\' && quote == '"':
				i++
			case text[i] == quote && quote == '\'' && strings.HasPrefix(text[i+1:], "'"):
				i++
			case text[i] == quote:
				return append(out, extent{line, min(from, i), i})
			}
		}
		if from < len(text) {
			out = append(out, extent{line, from, len(text)})
		}
		if line+1 < len(l.lines) {
			from = indent(l.lines[line+1])
		}
	}
	return out
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

// raw are the parts of lines that hold the credentials of a scalar. Where its text stands
// as it is, that is each credential, else all of it.
func (l *layout) raw(sc *Scalar) []extent {
	if sc.Written.Node == nil || sc.Written.Node.Line == 0 {
		return nil
	}
	token := l.token(sc.Written.Node)
	if len(token) != 1 || l.lines[token[0].line][token[0].start:token[0].end] != sc.Prefix+sc.Text {
		return token
	}
	var out []extent
	for _, s := range sc.Spans {
		from, to := s.Start, s.End
		if s.Variable != "" {
			if r, ok := referenceAt(sc.Text, from); ok && r.hasDefault() {
				from, to = r.from, r.to
			}
		}
		base := token[0].start + len(sc.Prefix)
		out = append(out, extent{token[0].line, base + from, base + to})
	}
	return out
}

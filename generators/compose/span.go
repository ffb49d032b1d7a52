package compose

import (
	"errors"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// errSpan means that a value's text was not found where its node says.
var errSpan = errors.New("its place in the text is not clear")

// span is where a value stands: start is of its anchor and tag, content of itself.
type span struct{ start, content, end int }

// empty tells a value that has no text of its own.
func empty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
}

// span finds a value that is not [empty] without an anchor or a tag.
func (t *text) span(n *yaml.Node) (span, error) {
	s := span{start: t.offset(n.Line, n.Column)}
	if s.start < 0 || s.start > len(t.data) {
		return s, errSpan
	}
	s.content = s.start
	if n.Kind == yaml.AliasNode {
		s.end = s.start + len("*") + len(n.Value)
		return s, t.expect(s.start, "*"+n.Value)
	}
	if n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		s.content = t.properties(s.start, n)
	}
	var err error
	switch {
	case empty(n):
		s.end = s.content
	case n.Kind == yaml.ScalarNode:
		s.end, err = t.scalarEnd(s.content, n)
	case n.Style&yaml.FlowStyle != 0:
		s.end, err = t.flowEnd(s.content)
	default:
		s.end, err = t.blockEnd(n, s.content)
	}
	return s, err
}

func (t *text) expect(at int, what string) error {
	if at < 0 || !strings.HasPrefix(string(t.data[at:min(len(t.data), at+len(what))]), what) {
		return errSpan
	}
	return nil
}

// properties goes over an anchor and a tag, in either order.
func (t *text) properties(at int, n *yaml.Node) int {
	end := at
	for at < len(t.data) && (t.data[at] == '&' || t.data[at] == '!') {
		for at < len(t.data) && !blank(t.data[at]) && breakAt(t.data, at) == 0 && !strings.ContainsRune(",[]{}", rune(t.data[at])) {
			at++
		}
		end = at
		at = t.skip(at)
	}
	if empty(n) {
		return end
	}
	return at
}

// blockEnd is the end of the last thing in a block collection.
func (t *text) blockEnd(n *yaml.Node, content int) (int, error) {
	if len(n.Content) == 0 {
		return content, nil
	}
	last := n.Content[len(n.Content)-1]
	if empty(last) && last.Anchor == "" && last.Style&yaml.TaggedStyle == 0 {
		if n.Kind == yaml.MappingNode {
			return t.colon(n.Content[len(n.Content)-2])
		}
		return t.offset(last.Line, last.Column), nil
	}
	s, err := t.span(last)
	return s.end, err
}

// colon is the byte after the colon of a key.
func (t *text) colon(key *yaml.Node) (int, error) {
	s, err := t.span(key)
	if err != nil {
		return 0, err
	}
	at := s.end
	for at < len(t.data) && (t.data[at] == ' ' || t.data[at] == '\t') {
		at++
	}
	if at >= len(t.data) || t.data[at] != ':' {
		return 0, errSpan
	}
	return at + 1, nil
}

func (t *text) scalarEnd(at int, n *yaml.Node) (int, error) {
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return t.quoted(at, '"')
	case n.Style&yaml.SingleQuotedStyle != 0:
		return t.quoted(at, '\'')
	case n.Style&yaml.LiteralStyle != 0:
		return t.literal(at, n.Value)
	case n.Style&yaml.FoldedStyle != 0:
		return t.folded(at, n.Value)
	}
	return t.plain(at, n.Value)
}

func (t *text) quoted(at int, quote byte) (int, error) {
	if at >= len(t.data) || t.data[at] != quote {
		return 0, errSpan
	}
	for i := at + 1; i < len(t.data); i++ {
		switch {
		case quote == '"' && t.data[i] == '\\':
			i++
		case t.data[i] != quote:
		case quote == '\'' && i+1 < len(t.data) && t.data[i+1] == quote:
			i++
		default:
			return i + 1, nil
		}
	}
	return 0, errSpan
}

// plain follows a plain scalar's value through the text: one line break is a space in
// the value, n of them are n-1 breaks.
func (t *text) plain(at int, value string) (int, error) {
	for i := 0; i < len(value); {
		r, n := utf8.DecodeRuneInString(value[i:])
		if r != ' ' && r != '\n' && r != '\t' {
			if err := t.expect(at, value[i:i+n]); err != nil {
				return 0, err
			}
			at += n
			i += n
			continue
		}
		breaks, from := 0, at
		for at < len(t.data) {
			if n := breakAt(t.data, at); n > 0 {
				breaks++
				at += n
			} else if t.data[at] == ' ' || t.data[at] == '\t' {
				at++
			} else {
				break
			}
		}
		want := string(t.data[from:at])
		switch {
		case breaks == 1:
			want = " "
		case breaks > 1:
			want = strings.Repeat("\n", breaks-1)
		}
		if !strings.HasPrefix(value[i:], want) || want == "" {
			return 0, errSpan
		}
		i += len(want)
	}
	return at, nil
}

// literal counts the lines of a literal block scalar.
func (t *text) literal(at int, value string) (int, error) {
	if err := t.expect(at, "|"); err != nil {
		return 0, err
	}
	body := strings.TrimRight(value, "\n")
	lines := 0
	if body != "" {
		lines = 1 + strings.Count(body, "\n")
	}
	if keeps(t.data[at:t.lineEnd(at)]) {
		lines = strings.Count(value, "\n")
		if !strings.HasSuffix(value, "\n") && value != "" {
			lines++ // the file ends within its last line
		}
	}
	return t.linesAfter(at, lines)
}

// keeps tells whether a block scalar's header keeps the line ends that follow it.
func keeps(header []byte) bool {
	for _, b := range header[1:] {
		switch {
		case b == '+':
			return true
		case b != '-' && (b < '0' || b > '9'):
			return false
		}
	}
	return false
}

// linesAfter is the end of the n-th line after the one that a byte is in.
func (t *text) linesAfter(at, n int) (int, error) {
	l := t.line(at) + n
	if l >= len(t.starts) {
		return 0, errSpan
	}
	return t.lineEnd(max(t.starts[l], at)), nil
}

// folded finds the end of a folded block scalar by its indentation.
func (t *text) folded(at int, value string) (int, error) {
	if err := t.expect(at, ">"); err != nil {
		return 0, err
	}
	header := string(t.data[at:t.lineEnd(at)])
	if strings.ContainsAny(strings.SplitN(header, " ", 2)[0], "123456789") {
		return 0, errSpan
	}
	if strings.Trim(value, "\n") == "" {
		return t.linesAfter(at, strings.Count(value, "\n"))
	}
	end, indent := 0, -1
	first := t.line(at) + 1
	for l := first; l < len(t.starts); l++ {
		from, to := t.starts[l], t.lineEnd(t.starts[l])
		line := string(t.data[from:to])
		in := len(line) - len(strings.TrimLeft(line, " "))
		if strings.TrimLeft(line, " ") == "" {
			if keeps([]byte(header)) && from < len(t.data) {
				end = to
			}
			continue
		}
		if indent < 0 {
			indent = in
		}
		if in < indent {
			break
		}
		end = to
	}
	if indent < 0 {
		return 0, errSpan
	}
	return end, nil
}

// flowEnd finds the bracket that closes a flow collection.
func (t *text) flowEnd(at int) (int, error) {
	if at >= len(t.data) || t.data[at] != '{' && t.data[at] != '[' {
		return 0, errSpan
	}
	depth := 0
	for i := at; i < len(t.data); {
		switch b := t.data[i]; {
		case b == '[' || b == '{':
			depth++
			i++
		case b == ']' || b == '}':
			if i++; depth == 1 {
				return i, nil
			}
			depth--
		case (b == '"' || b == '\'') && opens(t.data[i-1]):
			end, err := t.quoted(i, b)
			if err != nil {
				return 0, err
			}
			i = end
		case b == '#' && blank(t.data[i-1]):
			i = t.lineEnd(i)
		default:
			i++
		}
	}
	return 0, errSpan
}

// opens tells a byte after which a quote begins a scalar.
func opens(before byte) bool { return blank(before) || strings.IndexByte("[{,:", before) >= 0 }

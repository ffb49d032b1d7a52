package compose

import (
	"errors"

	"go.yaml.in/yaml/v4"
)

// Reasons why a change cannot be made in text.
var (
	errFlowComment = errors.New("a collection in braces with comments in it is not rewritten")
	errUsed        = errors.New("it holds an anchor that is used elsewhere")
	errKey         = errors.New("its key is written in a form that is not edited")
	errCompact     = errors.New("it stands on the line of a dash, with comments around it")
)

// rewriter turns the difference between a file's tree and the one it is to become
// into edits of its text.
type rewriter struct {
	*text
	emitter
	edits    []edit
	refusals []refusal
	file     int

	links *links
	// after holds what anchored values become.
	after map[*yaml.Node]*value
	done  *decoder
	// past holds, for ends of lines that are taken away, where what is taken ends.
	past map[int]int
}

// slot is a place in the text that holds a value.
type slot struct {
	where  where
	node   *yaml.Node
	after  int // the byte behind the colon or the dash
	column int // of the key or the dash
}

type where uint8

const (
	ofKey  where = iota // behind a key, in block style
	ofDash              // behind a dash
	inFlow              // inside braces
	atTop               // the whole document
)

// rewrite finds the edits that make one tree of a file into another.
func rewrite(file int, t *text, s style, l *links, root *yaml.Node, from, to *value) ([]edit, []refusal) {
	w := &rewriter{text: t, emitter: emitter{style: s}, file: file, links: l, after: map[*yaml.Node]*value{}, past: map[int]int{},
		done: &decoder{done: map[*yaml.Node]*value{}, open: map[*yaml.Node]bool{}}}
	switch {
	case equal(from, to) && !l.changed:
	case root == nil:
		w.append(to)
	default:
		w.value(slot{where: atTop, node: root}, from, to, to.behind())
	}
	return w.edits, w.refusals
}

// append writes a whole document behind what a file without one holds: comments.
func (w *rewriter) append(to *value) {
	lines := w.block(0, to)
	end := len(w.data)
	pieces := join(lines, w.eol)
	if end > w.markLen() && !breakBefore(w.data, end) {
		pieces[0].text = w.eol + pieces[0].text
	}
	pieces[len(pieces)-1].text += w.eol
	w.edits = append(w.edits, edit{start: end, end: end, pieces: pieces})
}

// refuse gives up on what some decisions want.
func (w *rewriter) refuse(n *yaml.Node, by []int, why error) {
	w.refusals = append(w.refusals, refusal{by: by, reason: why.Error(), file: w.file, line: n.Line, column: n.Column})
}

// value makes the value in a slot another. cause are the decisions behind it, for
// what has no reason of its own.
func (w *rewriter) value(s slot, from, to *value, cause []int) {
	n := s.node
	if n.Anchor != "" {
		w.after[n] = to
	}
	if n.Kind == yaml.AliasNode {
		if target := w.now(n.Alias); !equal(target, to) {
			w.alias(s, target, to, reasons(to, cause, w.after[n.Alias]))
		}
		return
	}
	if from == to && !w.links.below(n) {
		return
	}
	if from != nil && from.kind != to.kind || len(n.Content) == 0 || from.kind == scalarKind || from.kind == taggedKind {
		if equal(from, to) {
			return
		}
		if isEmptyFlow(n) && to.kind == from.kind {
			w.fill(s, to, reasons(to, cause, nil))
			return
		}
		w.replace(s, to, reasons(to, cause, nil))
		return
	}
	flow := n.Style&yaml.FlowStyle != 0
	cause = reasons(to, cause, nil)
	switch {
	case n.Kind == yaml.MappingNode && flow:
		w.flowMapping(s, from, to, cause)
	case n.Kind == yaml.MappingNode:
		w.mapping(s, from, to, cause)
	case flow:
		w.flowList(s, from, to, cause)
	default:
		w.list(s, from, to, cause)
	}
}

// isEmptyFlow tells {} and [].
func isEmptyFlow(n *yaml.Node) bool {
	return (n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode) && len(n.Content) == 0
}

// reasons are the decisions behind a value, else those that led to it.
func reasons(to *value, cause []int, shared *value) []int {
	if by := to.behind(); len(by) > 0 {
		return by
	}
	if shared != nil {
		if by := shared.behind(); len(by) > 0 {
			return by
		}
	}
	return cause
}

// now is what an anchored value has become, or still is.
func (w *rewriter) now(n *yaml.Node) *value {
	if v := w.after[n]; v != nil {
		return v
	}
	v, err := w.done.value(n)
	if err != nil {
		return nil
	}
	return v
}

// replace puts a value in place of what a slot holds.
func (w *rewriter) replace(s slot, to *value, by []int) {
	if err := w.tryReplace(s, to, by); err != nil {
		w.refuse(s.node, by, err)
	}
}

func (w *rewriter) tryReplace(s slot, to *value, by []int) error {
	if w.links.usedBelow(s.node) || to.kind != mapKind && w.links.merged(s.node) {
		return errUsed
	}
	at, err := w.span(s.node)
	if err != nil {
		return err
	}
	none := empty(s.node) && at.start == at.end
	if s.node.Kind == yaml.ScalarNode && s.node.Style&yaml.TaggedStyle != 0 || none {
		at.content = at.start
	}
	if s.node.Anchor != "" && s.node.Style&yaml.TaggedStyle != 0 {
		return errTag
	}
	if s.where == atTop {
		return errKey
	}
	if s.where == inFlow {
		text := w.flow(to)
		if none {
			if s.after == 0 {
				return errKey
			}
			at.content, at.end = s.after, s.after
			text = " " + text
		}
		w.edits = append(w.edits, edit{at.content, at.end, inherited(text, by), by})
		return w.err
	}
	if none {
		at.content, at.end = s.after, s.after
	}
	if text, ok := w.emitter.inline(to); ok {
		if at.content == at.end && text != "" {
			text = " " + text
		}
		if s.node.Kind != yaml.ScalarNode && s.node.Kind != yaml.AliasNode && s.node.Style&yaml.FlowStyle == 0 && s.node.Anchor == "" {
			at.content, text = s.after, " "+text // back to the line of its key
		}
		w.edits = append(w.edits, edit{at.content, at.end, inherited(text, by), by})
		return w.err
	}
	if s.where == ofDash {
		return w.behindDash(s, at, none, to, by)
	}
	return w.belowKey(s, at, to, by)
}

func inherited(text string, by []int) []piece {
	if text == "" {
		return nil
	}
	return []piece{{text, by}}
}

// behindDash writes a collection whose first line stands beside the dash.
func (w *rewriter) behindDash(s slot, at span, none bool, to *value, by []int) error {
	column := s.column + 2
	if !none {
		column = w.column(at.content)
	}
	lines := inherit(w.block(column, to), by)
	lines[0].text = lines[0].text[column:]
	if none {
		lines[0].text = " " + lines[0].text
	}
	w.edits = append(w.edits, edit{at.content, at.end, join(lines, w.eol), by})
	return w.err
}

// belowKey writes a collection under its key. What stands behind a value on its line
// (a comment) stays on the key's line.
func (w *rewriter) belowKey(s slot, at span, to *value, by []int) error {
	column := s.column + w.step
	if to.kind == listKind {
		column = w.listColumn(s.column)
	}
	lines := inherit(w.block(column, to), by)
	pieces := join(lines, w.eol)
	pieces[0].text = w.eol + pieces[0].text
	start := s.after
	if s.node.Anchor != "" {
		if start = at.content; at.content > at.start {
			for start > at.start && blank(w.data[start-1]) {
				start--
			}
		}
	}
	end := w.lineEnd(at.end)
	if end == at.end || w.line(at.end) != w.line(s.after) {
		w.edits = append(w.edits, edit{start, at.end, pieces, by})
		return w.err
	}
	if at.end > start {
		w.edits = append(w.edits, edit{start: start, end: at.end, by: by})
	}
	w.edits = append(w.edits, edit{end, end, pieces, by})
	return w.err
}

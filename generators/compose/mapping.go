package compose

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// own is an entry that a mapping writes itself.
type own struct {
	key, node *yaml.Node
	name      string
	merge     bool
	away      bool
	by        []int
}

// ownEntries are the entries of a mapping's own text, with what becomes of them, and
// the keys that have to be written into it.
func (w *rewriter) ownEntries(n *yaml.Node, to *value, cause []int) (entries []own, fresh []entry) {
	var have map[string]bool
	merged := false
	for i := 0; i+1 < len(n.Content); i += 2 {
		o := own{key: n.Content[i], node: n.Content[i+1], name: keyText(n.Content[i])}
		o.merge = o.key.Tag == tagMerge
		merged = merged || o.merge
		if !o.merge && to.get(o.name) == nil {
			o.away, o.by = true, to.reasonOf(o.name, cause)
		}
		entries = append(entries, o)
	}
	if len(to.keys) == len(entries) && !merged && !slices.ContainsFunc(entries, func(o own) bool { return o.away }) {
		return entries, nil
	}
	have = make(map[string]bool, len(entries))
	for _, o := range entries {
		have[o.name] = have[o.name] || !o.merge
	}
	inherited := map[string]*value{}
	for _, o := range entries {
		if !o.merge {
			continue
		}
		targets, _ := mergeTargets(o.node)
		for _, t := range targets {
			for _, e := range w.now(t).keys {
				if inherited[e.key] == nil {
					inherited[e.key] = e.v
				}
			}
		}
	}
	// A key that a merge would bring although it is to go: the merge is written out.
	for key := range inherited {
		if to.get(key) == nil {
			inherited = nil
			break
		}
	}
	if merged && inherited == nil {
		for i := range entries {
			if entries[i].merge {
				entries[i].away, entries[i].by = true, cause
			}
		}
	}
	for _, e := range to.keys {
		if !have[e.key] && (inherited[e.key] == nil || !equal(inherited[e.key], e.v)) {
			fresh = append(fresh, e)
		}
	}
	return entries, fresh
}

// reasonOf is which decisions took a key away.
func (v *value) reasonOf(key string, cause []int) []int {
	for _, g := range v.gone {
		if g.key == key && len(g.by) > 0 {
			return g.by
		}
	}
	return cause
}

// mapping edits a mapping in block style.
func (w *rewriter) mapping(s slot, from, to *value, cause []int) {
	n := s.node
	entries, fresh := w.ownEntries(n, to, cause)
	if !slices.ContainsFunc(entries, func(o own) bool { return !o.away }) && s.where != atTop {
		w.replace(s, to, cause)
		return
	}
	column := n.Content[0].Column - 1
	for i := range entries {
		o := &entries[i]
		if o.away {
			continue
		}
		if o.merge {
			continue
		}
		after, err := w.colon(o.key)
		if err != nil {
			w.refuse(o.key, reasons(to.get(o.name), cause, nil), err)
			continue
		}
		outer := w.ports
		w.ports = w.ports || o.name == "ports"
		w.value(slot{where: ofKey, node: o.node, after: after, column: column}, from.get(o.name), to.get(o.name), cause)
		w.ports = outer
	}
	if err := w.takeEntries(entries); err != nil {
		w.refuse(n, cause, err)
	}
	if len(fresh) == 0 {
		return
	}
	at, err := w.entryEnd(entries[len(entries)-1])
	if err != nil {
		w.refuse(n, freshReasons(fresh, cause), err)
		return
	}
	var lines, top []line
	for _, e := range fresh {
		written := inherit(w.entry(column, e.key, e.v), cause)
		switch {
		case s.where == atTop && e.key == "version":
			top = append(top, written...)
			continue
		case s.where == atTop && w.airy(n):
			lines = append(lines, line{})
		}
		lines = append(lines, written...)
	}
	if w.err != nil {
		w.refuse(n, freshReasons(fresh, cause), w.err)
		w.err = nil
		return
	}
	if len(top) > 0 {
		w.above(entries[0].key, top)
	}
	if len(lines) > 0 {
		w.insertLines(w.bodyEnd(at, column), lines)
	}
}

// airy tells whether sections, or else services, are set apart by an empty line.
func (w *rewriter) airy(root *yaml.Node) bool {
	for _, n := range append([]*yaml.Node{root}, root.Content...) {
		if n.Kind != yaml.MappingNode || n.Style&yaml.FlowStyle != 0 {
			continue
		}
		for i := 2; i < len(n.Content); i += 2 {
			at := w.line(w.offset(n.Content[i].Line, n.Content[i].Column))
			for at--; at > 0; at-- {
				text := strings.TrimSpace(string(w.data[w.starts[at]:w.lineEnd(w.starts[at])]))
				if text == "" {
					return true
				}
				if text[0] != '#' {
					break
				}
			}
		}
	}
	return false
}

func freshReasons(fresh []entry, cause []int) []int {
	var by []int
	for _, e := range fresh {
		by = union(by, reasons(e.v, cause, nil))
	}
	return by
}

// above writes lines before the line of a key.
func (w *rewriter) above(key *yaml.Node, lines []line) {
	pieces := join(lines, w.eol)
	pieces[len(pieces)-1].text += w.eol
	at := w.lineStart(w.offset(key.Line, key.Column))
	w.edits = append(w.edits, edit{start: at, end: at, pieces: pieces})
}

// insertLines writes lines before the byte that begins a line, or at the end of a
// file whose last line may lack its end.
func (w *rewriter) insertLines(at int, lines []line) {
	if past, ok := w.past[at]; ok {
		at = past
	}
	pieces := join(lines, w.eol)
	if at == len(w.data) && !breakBefore(w.data, at) {
		pieces[0].text = w.eol + pieces[0].text
	} else {
		pieces[len(pieces)-1].text += w.eol
	}
	w.edits = append(w.edits, edit{start: at, end: at, pieces: pieces})
}

// entryEnd is the end of an entry's value.
func (w *rewriter) entryEnd(o own) (int, error) {
	after, err := w.colon(o.key)
	if err != nil {
		return 0, err
	}
	if empty(o.node) && o.node.Anchor == "" && o.node.Style&yaml.TaggedStyle == 0 {
		return after, nil
	}
	at, err := w.span(o.node)
	return at.end, err
}

// bodyEnd is where a key can be added after the value that ends at a byte: behind the
// comments below it that are indented like it.
func (w *rewriter) bodyEnd(end, column int) int {
	at := w.nextLine(end)
	for l := w.line(end) + 1; l < len(w.starts); l++ {
		from := w.starts[l]
		to := w.lineEnd(from)
		in := from
		for in < to && w.data[in] == ' ' {
			in++
		}
		switch {
		case in == to && from < len(w.data):
			continue
		case in < to && w.data[in] == '#' && in-from >= column:
			at = w.nextLine(from)
			continue
		}
		break
	}
	return at
}

// takeEntries removes the lines of entries that go.
func (w *rewriter) takeEntries(entries []own) error {
	for i := 0; i < len(entries); i++ {
		if !entries[i].away {
			continue
		}
		j, by := i, entries[i].by
		for j+1 < len(entries) && entries[j+1].away {
			j++
			by = union(by, entries[j].by)
		}
		for k := i; k <= j; k++ {
			if w.links.usedBelow(entries[k].node) || w.links.used(entries[k].node) {
				return errUsed
			}
		}
		start := w.offset(entries[i].key.Line, entries[i].key.Column)
		end, err := w.entryEnd(entries[j])
		if err != nil {
			return err
		}
		if w.firstOnLine(start) {
			end = w.nextLine(end)
			if i > 0 {
				end = w.pastBlank(entries[i-1].node, end)
			}
			w.edits = append(w.edits, edit{start: w.lineStart(start), end: end, by: by})
			i = j
			continue
		}
		if i > 0 || j+1 == len(entries) {
			return errKey
		}
		next := w.offset(entries[j+1].key.Line, entries[j+1].key.Column)
		if w.comments(end, next) {
			return errCompact
		}
		w.edits = append(w.edits, edit{start: start, end: next, by: by})
		i = j
	}
	return nil
}

// pastBlank goes over empty lines that would become part of a block scalar which
// keeps those behind it.
func (w *rewriter) pastBlank(before *yaml.Node, at int) int {
	for len(before.Content) > 0 {
		before = before.Content[len(before.Content)-1]
	}
	if before.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		return at
	}
	s, err := w.span(before)
	if err != nil || !keeps(w.data[s.content:w.lineEnd(s.content)]) {
		return at
	}
	end := at
	for end < len(w.data) && strings.TrimSpace(string(w.data[end:w.lineEnd(end)])) == "" {
		end = w.nextLine(end)
	}
	w.past[at] = end
	return end
}

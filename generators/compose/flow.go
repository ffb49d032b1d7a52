package compose

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// part is an entry or item inside braces: where it begins and ends.
type part struct {
	start, end int
	away       bool
	by         []int
	node       *yaml.Node
}

// flowMapping edits a mapping in braces.
func (w *rewriter) flowMapping(s slot, from, to *value, cause []int) {
	entries, fresh := w.ownEntries(s.node, to, cause)
	at, err := w.span(s.node)
	if err != nil {
		w.refuse(s.node, cause, err)
		return
	}
	if w.data[at.content] != '{' {
		w.refuse(s.node, cause, errKey)
		return
	}
	parts := make([]part, 0, len(entries))
	for _, o := range entries {
		p, after, err := w.flowPart(o)
		if err != nil {
			w.refuse(o.key, cause, err)
			return
		}
		p.away, p.by = o.away, o.by
		parts = append(parts, p)
		if !o.away && !o.merge {
			outer := w.ports
			w.ports = w.ports || o.name == "ports"
			w.value(slot{where: inFlow, node: o.node, after: after}, from.get(o.name), to.get(o.name), cause)
			w.ports = outer
		}
	}
	var added []piece
	for _, e := range fresh {
		added = append(added, piece{w.flowEntry(e.key, e.v), reasons(e.v, cause, nil)})
	}
	w.flowEdits(s, at, parts, added, to, cause)
}

// flowPart is an entry's place; after is behind its colon, 0 without one.
func (w *rewriter) flowPart(o own) (p part, after int, err error) {
	key, err := w.span(o.key)
	if err != nil {
		return p, 0, err
	}
	p = part{start: key.start, end: key.end, node: o.node}
	colon := w.skip(key.end)
	if colon < len(w.data) && w.data[colon] == ':' {
		after, p.end = colon+1, colon+1
	}
	if empty(o.node) && o.node.Anchor == "" && o.node.Style&yaml.TaggedStyle == 0 {
		return p, after, nil
	}
	v, err := w.span(o.node)
	p.end = v.end
	return p, after, err
}

// flowList edits a list in brackets.
func (w *rewriter) flowList(s slot, from, to *value, cause []int) {
	at, err := w.span(s.node)
	if err != nil {
		w.refuse(s.node, cause, err)
		return
	}
	parts := make([]part, len(s.node.Content))
	for i, c := range s.node.Content {
		one, err := w.span(c)
		if err != nil || empty(c) {
			w.refuse(c, cause, errSpan)
			return
		}
		parts[i] = part{start: one.start, end: one.end, away: true, by: to.reasonOfItem(i, cause), node: c}
	}
	var added []piece
	middle := false
	for _, it := range to.items {
		if it.from < 0 {
			added = append(added, piece{w.emitter.flow(it.v), reasons(it.v, cause, nil)})
			continue
		}
		middle = middle || len(added) > 0
		parts[it.from].away = false
		w.value(slot{where: inFlow, node: s.node.Content[it.from]}, from.items[it.from].v, it.v, cause)
	}
	if middle {
		w.replace(s, to, cause)
		return
	}
	w.flowEdits(s, at, parts, added, to, cause)
}

// flowEdits takes parts away and adds some at the end.
func (w *rewriter) flowEdits(s slot, at span, parts []part, added []piece, to *value, cause []int) {
	if w.err != nil {
		w.refuse(s.node, cause, w.err)
		w.err = nil
		return
	}
	stays := slices.ContainsFunc(parts, func(p part) bool { return !p.away })
	goes := slices.ContainsFunc(parts, func(p part) bool { return p.away })
	if !goes && len(added) == 0 {
		return
	}
	if !stays {
		if w.comments(at.content, at.end) {
			w.refuse(s.node, cause, errFlowComment)
			return
		}
		w.replaceFlow(s, at, to, cause)
		return
	}
	for _, p := range parts {
		if p.away && (w.links.usedBelow(p.node) || w.links.used(p.node)) {
			w.refuse(s.node, p.by, errUsed)
			return
		}
	}
	lines := w.line(at.content) != w.line(at.end)
	if goes && lines && w.comments(at.content, at.end) {
		w.refuse(s.node, cause, errFlowComment)
		return
	}
	w.flowTake(parts)
	if len(added) > 0 {
		w.flowAdd(at, parts, added, lines)
	}
}

// flowTake removes parts with the comma that separates them from the next, at the end
// of the list from the one before.
func (w *rewriter) flowTake(parts []part) {
	for i := 0; i < len(parts); i++ {
		if !parts[i].away {
			continue
		}
		j, by := i, parts[i].by
		for j+1 < len(parts) && parts[j+1].away {
			j++
			by = union(by, parts[j].by)
		}
		if j+1 < len(parts) {
			w.edits = append(w.edits, edit{start: parts[i].start, end: parts[j+1].start, by: by})
		} else {
			w.edits = append(w.edits, edit{start: parts[i-1].end, end: parts[j].end, by: by})
		}
		i = j
	}
}

// flowAdd writes parts behind the last one. Where each stands on a line of its own
// the new ones do, too.
func (w *rewriter) flowAdd(at span, parts []part, added []piece, lines bool) {
	last := parts[len(parts)-1]
	sep := ", "
	if lines && w.firstOnLine(last.start) {
		start := w.lineStart(last.start)
		sep = "," + w.eol + string(w.data[start:last.start])
		if w.line(w.skip(last.end)) == w.line(last.end) && w.data[w.skip(last.end)] != ',' {
			sep = ", " // the bracket closes on its line
		}
	}
	where := last.end
	if next := w.skip(last.end); strings.Contains(sep, w.eol) && w.comments(last.end, w.lineEnd(last.end)) {
		// Its comment stays beside it: the comma goes before, the lines after it.
		if w.data[next] != ',' || w.line(next) != w.line(last.end) {
			w.edits = append(w.edits, edit{start: last.end, end: last.end, pieces: []piece{{",", added[0].by}}})
		}
		where = w.lineEnd(last.end)
		sep = sep[len(","):]
	}
	pieces := make([]piece, len(added))
	for i, a := range added {
		lead := sep
		if i > 0 && !strings.HasPrefix(sep, ",") {
			lead = "," + sep
		}
		pieces[i] = piece{lead + a.text, a.by}
	}
	w.edits = append(w.edits, edit{start: where, end: where, pieces: pieces})
}

// replaceFlow writes a whole collection anew, in braces on one line.
func (w *rewriter) replaceFlow(s slot, at span, to *value, by []int) {
	if w.links.usedBelow(s.node) {
		w.refuse(s.node, by, errUsed)
		return
	}
	text := w.emitter.flow(to)
	if w.err != nil {
		w.refuse(s.node, by, w.err)
		w.err = nil
		return
	}
	w.edits = append(w.edits, edit{at.content, at.end, inherited(text, by), by})
}

// fill writes into {} or [].
func (w *rewriter) fill(s slot, to *value, by []int) {
	at, err := w.span(s.node)
	if err != nil {
		w.refuse(s.node, by, err)
		return
	}
	w.replaceFlow(s, at, to, by)
}

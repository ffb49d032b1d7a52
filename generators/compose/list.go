package compose

import (
	"go.yaml.in/yaml/v4"
)

// list edits a list in block style.
func (w *rewriter) list(s slot, from, to *value, cause []int) {
	n := s.node
	if len(to.items) == 0 {
		w.replace(s, to, cause)
		return
	}
	dashes := make([]int, len(n.Content))
	for i, c := range n.Content {
		at, err := w.dash(c)
		if err != nil {
			w.refuse(c, cause, err)
			return
		}
		dashes[i] = at
	}
	column := w.column(dashes[0])
	stays := make([]bool, len(n.Content))
	at := -1 // the item after which new ones come
	fresh := map[int][]line{}
	for _, it := range to.items {
		if it.from < 0 {
			fresh[at] = append(fresh[at], inherit(w.emitter.item(column, it.v), cause)...)
			continue
		}
		at = it.from
		stays[at] = true
		w.value(slot{where: ofDash, node: n.Content[at], after: dashes[at] + 1, column: column}, from.items[at].v, it.v, cause)
	}
	if at < 0 {
		w.replace(s, to, cause) // none stays
		return
	}
	if w.err != nil {
		w.refuse(n, cause, w.err)
		w.err = nil
		return
	}
	for i := 0; i < len(n.Content); i++ {
		if stays[i] {
			continue
		}
		j, by := i, to.reasonOfItem(i, cause)
		for j+1 < len(n.Content) && !stays[j+1] {
			j++
			by = union(by, to.reasonOfItem(j, cause))
		}
		if err := w.takeItems(n, dashes, i, j, by); err != nil {
			w.refuse(n.Content[i], by, err)
		}
		i = j
	}
	for i := -1; i < len(n.Content); i++ {
		if len(fresh[i]) > 0 {
			w.addItems(n, dashes, i, fresh[i], cause)
		}
	}
}

// addItems writes items behind the i-th, or before the first.
func (w *rewriter) addItems(n *yaml.Node, dashes []int, i int, lines []line, cause []int) {
	if i < 0 {
		if !w.firstOnLine(dashes[0]) {
			w.refuse(n, cause, errCompact)
			return
		}
		w.insertLines(w.lineStart(dashes[0]), lines)
		return
	}
	end, err := w.itemEnd(n.Content[i], dashes[i])
	if err != nil {
		w.refuse(n.Content[i], cause, err)
		return
	}
	w.insertLines(w.nextLine(end), lines)
}

func (w *rewriter) takeItems(n *yaml.Node, dashes []int, i, j int, by []int) error {
	for k := i; k <= j; k++ {
		if w.links.usedBelow(n.Content[k]) || w.links.used(n.Content[k]) {
			return errUsed
		}
	}
	end, err := w.itemEnd(n.Content[j], dashes[j])
	if err != nil {
		return err
	}
	if w.firstOnLine(dashes[i]) {
		end = w.nextLine(end)
		if i > 0 {
			end = w.pastBlank(n.Content[i-1], end)
		}
		w.edits = append(w.edits, edit{start: w.lineStart(dashes[i]), end: end, by: by})
		return nil
	}
	if j+1 >= len(dashes) || w.comments(end, dashes[j+1]) {
		return errCompact
	}
	w.edits = append(w.edits, edit{start: dashes[i], end: dashes[j+1], by: by})
	return nil
}

func (w *rewriter) itemEnd(n *yaml.Node, dash int) (int, error) {
	if empty(n) && n.Anchor == "" && n.Style&yaml.TaggedStyle == 0 {
		return dash + 1, nil
	}
	at, err := w.span(n)
	return at.end, err
}

// dash is where the dash of an item stands.
func (w *rewriter) dash(n *yaml.Node) (int, error) {
	at := w.offset(n.Line, n.Column)
	if empty(n) && n.Anchor == "" && n.Style&yaml.TaggedStyle == 0 {
		at = min(at, len(w.data))
	}
	for at > 0 {
		for at > 0 && blank(w.data[at-1]) {
			at--
		}
		if at > 0 && w.data[at-1] == '-' {
			return at - 1, nil
		}
		// A comment may stand between the dash and its item.
		start := w.lineStart(max(at-1, 0))
		hash := start
		for hash < at && !(w.data[hash] == '#' && (hash == start || blank(w.data[hash-1]))) {
			hash++
		}
		if hash >= at {
			break
		}
		at = hash
	}
	return 0, errSpan
}

// reasonOfItem is which decisions took an item away.
func (v *value) reasonOfItem(from int, cause []int) []int {
	for _, g := range v.gone {
		if g.key == "" && g.from == from && len(g.by) > 0 {
			return g.by
		}
	}
	return cause
}

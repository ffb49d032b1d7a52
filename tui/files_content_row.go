package tui

import (
	"cmp"
	"slices"
)

// content are the rows of a file's view.
type content interface {
	count() int
	at(i int) contentRow
	words(i int) string // what filters look at
	stop(i int) bool    // n and N go from one to the next
	place(i int) int    // of the line in the file; never less than of the row before
}

// rowList are rows that are made beforehand.
type rowList []contentRow

func (l rowList) count() int          { return len(l) }
func (l rowList) at(i int) contentRow { return l[i] }
func (l rowList) words(i int) string  { return l[i].text }
func (l rowList) stop(i int) bool     { return l[i].stop }
func (l rowList) place(i int) int     { return l[i].place }

// contentRow is one row of a file's view, drawn when it is visible.
type contentRow struct {
	lineAbout
	text  string                 // for filters
	copy  string                 // what y copies, the text where it is empty
	draw  func(left, w int) line // nil: an empty row
	ids   []string               // findings behind it
	place int
	stop  bool
}

// lineAbout is what a row is about.
type lineAbout struct {
	about  []string // what the engine explains: calls, capabilities, paths
	closer *closer  // what is said of it here; nil when there is nothing to say
}

// closer is a text about one row.
type closer struct {
	title string
	lines func(w int) []line
}

// names are what e explains.
func (r contentRow) names() []string {
	if len(r.about) > 0 {
		return r.about
	}
	return rulesOf(r.ids)
}

func (r contentRow) copied() string { return cmp.Or(r.copy, r.text) }

// rulesOf are the rules of findings, each once.
func rulesOf(ids []string) []string {
	var out []string
	for _, id := range ids {
		if rule := ruleOf(id); !slices.Contains(out, rule) {
			out = append(out, rule)
		}
	}
	return out
}

// fixed is a row that is not scrolled sideways.
func fixed(l line) contentRow {
	return contentRow{text: l.text(), draw: func(int, int) line { return l }}
}

// scrolled is a text behind a gutter that stays, in w cells; from the left as many cells
// are scrolled away.
func scrolled(gutter, text line, left, w int) line {
	room := max(w-width(gutter.text()), 0)
	if left > 0 {
		return gutter.with(part(text.fit(left+room, "…"), left, room))
	}
	return gutter.with(text.fit(room, "…"))
}

// proseRows are a text that is wrapped.
func proseRows(r role, text string, w int) []contentRow {
	var out []contentRow
	for _, l := range wrap(r, text, w) {
		out = append(out, fixed(l))
	}
	return out
}

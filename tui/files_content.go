package tui

import (
	"sort"

	"batten/internal/engine"
)

// contentPane is what the chosen file says: a difference with its reasons, a profile by
// reasons, or the file's own lines. It has a cursor, so that e knows what is asked about.
type contentPane struct {
	list
	of      *filesScreen
	rows    content
	diff    *difference // of the chosen file, while it is the same
	diffOf  diffKey
	left    int // cells that are scrolled away on the left
	made    contentKey
	note    string // for the title
	remarks remarks
}

// contentKey is what the rows were made from.
type contentKey struct {
	version, w int
	path       string
	view       fileView
	twoSides   bool
}

// diffKey is what a difference was made from, whatever its arrangement.
type diffKey struct {
	version, w int
	path       string
}

// besideWide is the width from which differences stand side by side by themselves: two
// times the fifty cells that most lines of a compose file take, with their numbers.
const besideWide = 110

// shiftBy is how far < and > scroll.
const shiftBy = 8

func (p *contentPane) prepare() {
	p.rows = rowList(nil)
	p.words = func(i int) string { return p.rows.words(i) }
	p.row = func(i, w int) line {
		if draw := p.rows.at(i).draw; draw != nil {
			return draw(p.left, w)
		}
		return nil
	}
	p.empty = "choose a file: here stands what it says"
}

func (p *contentPane) title(m *model) string {
	f := p.of.chosen()
	if f == nil {
		return "content"
	}
	title := f.Path
	if p.note != "" {
		title += ": " + p.note
	}
	if m.planning > 0 {
		title += ", as before the last decision"
	}
	return title
}

// twoSides tells whether differences are side by side.
func (p *contentPane) twoSides() bool {
	return p.of.beside == twoSides || p.of.beside == byRoom && p.made.w >= besideWide
}

// farthest bounds how far is scrolled to the right.
const farthest = 4000

func (p *contentPane) shift(by int) { p.left = max(min(p.left+by, farthest), 0) }

func (p *contentPane) lines(m *model, w, h int, focused bool) []line {
	p.of.list.bring(m)
	p.bring(m, w)
	return p.draw(w, h, focused)
}

// bring makes the rows anew when what they are made from is another. The cursor stays
// on the line of the file that it was on.
func (p *contentPane) bring(m *model, w int) {
	f := p.of.chosen()
	now := contentKey{version: m.version + 1, w: w, view: p.of.view()}
	if f != nil {
		now.path = f.Path
	}
	before := p.made
	p.made.w = w // which the arrangement depends on
	now.twoSides = p.twoSides()
	if before == now {
		return
	}
	same := before.path == now.path && before.view == now.view
	place, above := 0, p.cursor-p.top
	if i := p.current(); same && i >= 0 && i < p.rows.count() {
		place = p.rows.place(i)
	}
	p.made, p.rows, p.note = now, rowList(nil), ""
	if f != nil {
		p.rows = p.build(m, f, max(w-2, 10))
	}
	p.set(p.rows.count())
	if same && before.version == now.version {
		p.goToPlace(place, above)
	}
	if !same {
		p.cursor, p.top, p.left = 0, 0, 0
	}
}

// goToPlace puts the cursor on the row of a place, as far below the upper edge as it was.
func (p *contentPane) goToPlace(place, above int) {
	p.cursor = sort.Search(p.count(), func(i int) bool { return p.rows.place(p.item(i)) >= place })
	p.top = p.cursor - above
	p.clamp()
}

// build makes the rows of a file.
func (p *contentPane) build(m *model, f *engine.FileChange, w int) content {
	p.remarks.bring(m, w)
	switch p.made.view {
	case viewDifference:
		p.note = "compared with " + f.From
		return p.differenceOf(f)
	case viewCalls, viewCompared:
		v := callsView{groups: m.hardening.Calls(serviceOf(m, f)), w: w}
		p.note = v.counts().words()
		if p.made.view == viewCompared {
			return rowList(v.compared())
		}
		return rowList(v.grouped())
	case viewRules:
		v := rulesView{groups: m.hardening.AppArmorRules(serviceOf(m, f)), w: w}
		p.note = counted(v.count(), "rule", "rules")
		return rowList(v.rows())
	}
	return rowList(p.textOf(m, f, w))
}

// differenceOf is the difference of a file, arranged anew where it is only that.
func (p *contentPane) differenceOf(f *engine.FileChange) content {
	key := diffKey{p.made.version, p.made.w, p.made.path}
	if p.diff == nil || p.diffOf != key {
		p.diff, p.diffOf = newDifference(f.Hunks, p.remarks.of, p.remarks.height), key
	}
	p.diff.arrange(p.made.twoSides)
	return p.diff
}

// textOf are the rows of a file as it is.
func (p *contentPane) textOf(m *model, f *engine.FileChange, w int) []contentRow {
	text, err := m.hardening.Text(f.Path)
	switch {
	case err != nil:
		return proseRows(danger, err.Error(), w)
	case text.Secret:
		return proseRows(muted, "the value of a secret: written into this file alone, and never shown", w)
	case len(text.Lines) == 0:
		return proseRows(muted, "the file is empty", w)
	}
	if p.made.view == viewPage {
		return pageRows(text.Lines, w)
	}
	p.note = counted(len(text.Lines), "line", "lines")
	return textView{w: w, remark: p.remarks.of, about: aboutLines(m, f)}.rows(text)
}

// next goes to the next or previous change or group, or to what a filter found.
func (p *contentPane) next(by int) {
	if p.wanted != "" {
		p.move(by)
		return
	}
	for i := p.cursor + by; i >= 0 && i < p.count(); i += by {
		if p.rows.stop(p.item(i)) {
			p.cursor = i
			p.top = i - p.height/4 // what is before it stays in view
			p.clamp()
			return
		}
	}
}

// copied is the text of the line, without numbers and signs.
func (p *contentPane) copied() string {
	if i := p.current(); i >= 0 {
		return p.rows.at(i).copied()
	}
	return ""
}

func (p *contentPane) command(m *model) string { return p.of.commandOf(m) }

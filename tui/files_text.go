package tui

import (
	"fmt"
	"slices"
	"strings"

	"batten/internal/engine"
)

// textView shows a file's own lines, with the findings behind them.
type textView struct {
	w      int
	remark func(id string) []line
	about  func(text string) lineAbout // what a line is about; nil: nothing but its findings
}

func (v textView) rows(text engine.FileText) []contentRow {
	digits := len(fmt.Sprint(len(text.Lines)))
	out := make([]contentRow, 0, len(text.Lines))
	var behind []string // findings behind the line before
	for i, l := range text.Lines {
		before := len(out)
		for _, id := range l.Findings {
			if !slices.Contains(behind, id) {
				out = append(out, remarkRows(v.remark(id), id, i+1)...)
			}
		}
		begins := len(l.Findings) > 0 && !slices.Equal(l.Findings, behind)
		behind = l.Findings
		row := contentRow{text: untabbed(l.Text), ids: l.Findings, place: i + 1}
		if v.about != nil {
			row.lineAbout = v.about(l.Text)
		}
		row.draw = func(left, w int) line {
			return scrolled(as(muted, fmt.Sprintf("%*d  ", digits, i+1)), said(row.text), left, w)
		}
		out = append(out, row)
		out[before].stop = begins
	}
	return out
}

// untabbed replaces tabs, which have no width of their own in a cell.
func untabbed(text string) string { return strings.ReplaceAll(text, "\t", "    ") }

package tui

import (
	"slices"
	"strings"

	"batten/internal/engine"
)

// pageRows show a Markdown page for reading: paragraphs as wide as the pane, tables with
// even columns, commands letter by letter.
func pageRows(lines []engine.FileLine, w int) []contentRow {
	var out []contentRow
	for i := 0; i < len(lines); {
		run := pagePart(lines[i:])
		out = append(out, run.rows(lines[i:i+run.n], i+1, w)...)
		i += run.n
	}
	return out
}

// pageRun is a run of lines that are laid out in one way.
type pageRun struct {
	n    int
	rows func(lines []engine.FileLine, place, w int) []contentRow
}

// pagePart finds the run that lines begin with.
func pagePart(lines []engine.FileLine) pageRun {
	first := lines[0].Text
	run := func(rows func([]engine.FileLine, int, int) []contentRow, more func(text string) bool) pageRun {
		n := 1
		for n < len(lines) && more(lines[n].Text) {
			n++
		}
		return pageRun{n, rows}
	}
	switch {
	case strings.HasPrefix(first, "```"):
		r := run(verbatimRows, func(text string) bool { return !strings.HasPrefix(text, "```") })
		r.n = min(r.n+1, len(lines))
		return r
	case strings.HasPrefix(first, "|"):
		return run(tableRows, func(text string) bool { return strings.HasPrefix(text, "|") })
	case strings.HasPrefix(first, "#"):
		return pageRun{1, headingRows}
	case strings.TrimSpace(first) == "":
		return pageRun{1, verbatimRows}
	}
	return run(paragraphRows, func(text string) bool {
		return strings.TrimSpace(text) != "" && !slices.ContainsFunc([]string{"```", "|", "#"}, func(s string) bool { return strings.HasPrefix(text, s) }) && itemMark(text) == ""
	})
}

// itemMark is what an item of an enumeration begins with, spaces included.
func itemMark(text string) string {
	rest := strings.TrimLeft(text, " ")
	if mark, _, ok := strings.Cut(rest, " "); ok {
		if mark == "-" || mark == "*" || strings.HasSuffix(mark, ".") && strings.Trim(mark, "0123456789") == "." {
			return text[:len(text)-len(rest)+len(mark)+1]
		}
	}
	return ""
}

func verbatimRows(lines []engine.FileLine, place, _ int) []contentRow {
	out := make([]contentRow, len(lines))
	for i, l := range lines {
		out[i] = pageRow(as(normal, untabbed(l.Text)), place+i)
	}
	return out
}

func headingRows(lines []engine.FileLine, place, _ int) []contentRow {
	row := pageRow(as(heading, lines[0].Text), place)
	row.stop = true
	return []contentRow{row}
}

// paragraphRows fill the width with a paragraph, or with an item behind its mark.
func paragraphRows(lines []engine.FileLine, place, w int) []contentRow {
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.Text
	}
	mark := itemMark(texts[0])
	texts[0] = strings.TrimPrefix(texts[0], mark)
	whole := strings.Join(texts, " ")
	var out []contentRow
	for _, l := range indented(as(muted, mark), normal, whole, len(mark), w) {
		row := fixed(l)
		row.place, row.copy = place, mark+whole
		out = append(out, row)
	}
	return out
}

// tableRows give a table even columns; one whose rows differ in columns stays as it is.
func tableRows(lines []engine.FileLine, place, w int) []contentRow {
	cells := make([][]string, len(lines))
	var widths []int
	for i, l := range lines {
		cells[i] = strings.Split(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(l.Text), "|"), "|"), "|")
		if widths == nil {
			widths = make([]int, len(cells[i]))
		}
		if len(cells[i]) != len(widths) {
			return verbatimRows(lines, place, w)
		}
		for k, c := range cells[i] {
			if cells[i][k] = strings.TrimSpace(c); i != 1 { // the second is the rule below the head
				widths[k] = max(widths[k], width(clean(cells[i][k])))
			}
		}
	}
	var out []contentRow
	for i := range cells {
		var row line
		for k, c := range cells[i] {
			switch {
			case i == 1:
				row = row.and(muted, repeated("─", widths[k])+"  ")
			case i == 0:
				row = row.with(column(muted, c, widths[k])).and(normal, "  ")
			default:
				row = row.with(column(normal, c, widths[k])).and(normal, "  ")
			}
		}
		one := pageRow(row, place+i)
		one.copy = lines[i].Text
		out = append(out, one)
	}
	return out
}

// pageRow is a line that may be wider than the pane.
func pageRow(l line, place int) contentRow {
	return contentRow{text: strings.TrimRight(l.text(), " "), place: place, draw: func(left, w int) line { return scrolled(nil, l, left, w) }}
}

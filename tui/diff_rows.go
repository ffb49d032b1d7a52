package tui

import (
	"fmt"
	"slices"
	"strings"

	"batten/internal/engine"
)

// contentRow is a line of a file's view, and what it is about.
type contentRow struct {
	line
	about []string // what e explains: rules, calls
	ids   []string // findings behind it
	hunk  bool     // begins a hunk or a change: n and N go from one to the next
}

// diffView is how a difference is shown.
type diffView struct {
	w      int
	beside bool                           // old and new side by side
	remark func(id string) (line, string) // what stands before a hunk for a finding, and its rule
}

// rows are the lines of all hunks. Before the first line that a finding is behind stands
// what it changes and why.
func (v diffView) rows(hunks []engine.Hunk) []contentRow {
	var out []contentRow
	for i, h := range hunks {
		if i > 0 {
			out = append(out, contentRow{})
		}
		head := fmt.Sprintf("@@ -%d,%d +%d,%d @@", h.OldStart, h.OldCount, h.NewStart, h.NewCount)
		out = append(out, contentRow{line: as(heading, head), hunk: true})
		rows := unifiedRows(h)
		if v.beside {
			rows = v.besideRows(h)
		}
		told := map[string]bool{}
		for _, r := range rows {
			for _, id := range r.ids {
				if !told[id] {
					told[id] = true
					out = append(out, v.remarkRows(id)...)
				}
			}
			out = append(out, r)
		}
	}
	return out
}

// remarkRows are what a finding changes, as lines before its first change.
func (v diffView) remarkRows(id string) []contentRow {
	l, rule := v.remark(id)
	if l == nil {
		return nil
	}
	var out []contentRow
	for i, row := range remarkLines(id, l.text(), v.w) {
		out = append(out, contentRow{line: row, about: []string{rule}, hunk: i == 0})
	}
	return out
}

// remarkLines are a finding's id and what it changes, in as many lines as it takes.
func remarkLines(id, text string, w int) []line {
	rows := wrap(muted, id+": "+text, max(w-4, 10))
	out := make([]line, len(rows))
	for i, row := range rows {
		out[i] = as(muted, "#   ").with(row)
		if rest, ok := strings.CutPrefix(row.text(), clean(id)); i == 0 && ok {
			out[i] = as(muted, "# ").and(accent, clean(id)).and(muted, rest)
		}
	}
	return out
}

// numbered is a line of a hunk with its numbers in both files, 0 where it is not in one.
type numbered struct {
	engine.DiffLine
	old, new int
}

func numberLines(h engine.Hunk) []numbered {
	out := make([]numbered, len(h.Lines))
	o, n := max(h.OldStart, 1), max(h.NewStart, 1)
	for i, l := range h.Lines {
		out[i].DiffLine = l
		if l.Kind != "+" {
			out[i].old, o = o, o+1
		}
		if l.Kind != "-" {
			out[i].new, n = n, n+1
		}
	}
	return out
}

func number(n int) string {
	if n == 0 {
		return "     "
	}
	return fmt.Sprintf("%4d ", n)
}

func unifiedRows(h engine.Hunk) []contentRow {
	lines := numberLines(h)
	changes := pairs(lines)
	out := make([]contentRow, len(lines))
	for i, l := range lines {
		row := as(muted, number(l.old)+number(l.new))
		out[i] = contentRow{line: row.with(changed(l, changes[i], lines)), about: rulesOf(l.Findings), ids: l.Findings}
	}
	return out
}

// besideRows puts removed lines beside those that take their place.
func (v diffView) besideRows(h engine.Hunk) []contentRow {
	lines := numberLines(h)
	changes := pairs(lines)
	half := (v.w - 3) / 2
	cell := func(i int, n func(numbered) int) line {
		if i < 0 {
			return said("").fit(half, "")
		}
		return as(muted, number(n(lines[i]))).with(changed(lines[i], changes[i], lines)).fit(half, "…")
	}
	var out []contentRow
	add := func(left, right int, ids []string) {
		out = append(out, contentRow{
			line:  cell(left, func(l numbered) int { return l.old }).and(muted, " │ ").with(cell(right, func(l numbered) int { return l.new })),
			about: rulesOf(ids), ids: ids,
		})
	}
	for i := 0; i < len(lines); i++ {
		switch lines[i].Kind {
		case " ":
			add(i, i, nil)
		case "-":
			if p := changes[i]; p >= 0 {
				add(i, p, lines[p].Findings)
			} else {
				add(i, -1, lines[i].Findings)
			}
		default:
			if changes[i] < 0 {
				add(-1, i, lines[i].Findings)
			}
		}
	}
	return out
}

// pairs ties each removed line to the added one that takes its place: the first removed
// of a run to the first added one after it, and so on; -1 for lines without one.
func pairs(lines []numbered) []int {
	out := make([]int, len(lines))
	for i := range out {
		out[i] = -1
	}
	for i := 0; i < len(lines); {
		if lines[i].Kind != "-" {
			i++
			continue
		}
		gone := i
		for i < len(lines) && lines[i].Kind == "-" {
			i++
		}
		came := i
		for i < len(lines) && lines[i].Kind == "+" {
			i++
		}
		for n := range min(came-gone, i-came) {
			out[gone+n], out[came+n] = came+n, gone+n
		}
	}
	return out
}

// changed is the text of a line with its sign, the part that differs from its pair marked.
func changed(l numbered, pair int, lines []numbered) line {
	r := diffRoles[l.Kind]
	if pair < 0 {
		return as(r, l.Kind+" "+l.Text)
	}
	text, other := []rune(l.Text), []rune(lines[pair].Text)
	from := 0
	for from < min(len(text), len(other)) && text[from] == other[from] {
		from++
	}
	end := 0
	for end < min(len(text), len(other))-from && text[len(text)-1-end] == other[len(other)-1-end] {
		end++
	}
	return as(r, l.Kind+" "+string(text[:from])).and(marking, string(text[from:len(text)-end])).and(r, string(text[len(text)-end:]))
}

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

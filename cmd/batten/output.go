package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"batten/internal/terminal"
)

// writeJSON prints a value that carries its schema.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// lineWidth is how wide lines of results may be: as wide as the terminal, else as
// COLUMNS says, else 0 for no limit, because what is piped is for other programs.
func (a *app) lineWidth() int {
	if !terminal.IsTerminal(a.stdout.file) && os.Getenv("COLUMNS") == "" {
		return 0
	}
	return min(max(terminal.Columns(a.stdout.file), 40), 120)
}

// table prints rows in columns; the cells must be safe already. The last column is
// cut to the terminal's width, or wrapped. The style paints whole cells, so that
// colour codes do not count as width.
type table struct {
	rows  [][]string
	paint []func(string) string // by column; nil leaves it plain
	width int                   // of the terminal; 0 neither cuts nor wraps
	wrap  bool                  // continue the last column below itself, for what has to be read whole
}

// leastWrapped is the narrowest column that text is wrapped in; with less room the
// text goes below its row.
const leastWrapped = 30

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) write(w io.Writer, indent string) {
	widths := t.widths()
	for _, row := range t.rows {
		if len(row) == 0 {
			continue
		}
		var b strings.Builder
		b.WriteString(indent)
		used, last := terminal.Width(indent), len(row)-1
		for i, cell := range row[:last] {
			b.WriteString(t.painted(i, cell) + strings.Repeat(" ", widths[i]-terminal.Width(cell)+2))
			used += widths[i] + 2
		}
		lines, below := t.fit(row[last], used), used
		if t.wrap && last > 1 && len(lines) > 1 && t.width-used < leastWrapped {
			below = terminal.Width(indent) + widths[0] + 2
			lines = append([]string{""}, t.fit(row[last], below)...)
		}
		for i, line := range lines {
			if i > 0 {
				b.WriteString("\n" + strings.Repeat(" ", below))
			}
			b.WriteString(t.painted(last, line))
		}
		for _, line := range strings.Split(b.String(), "\n") {
			fmt.Fprintln(w, strings.TrimRight(line, " "))
		}
	}
}

func (t *table) widths() []int {
	var out []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(out) {
				out = append(out, 0)
			}
			out[i] = max(out[i], terminal.Width(cell))
		}
	}
	return out
}

func (t *table) painted(column int, text string) string {
	if column < len(t.paint) && t.paint[column] != nil {
		return t.paint[column](text)
	}
	return text
}

// fit makes lines of the last cell of a row, which begins after used cells.
func (t *table) fit(cell string, used int) []string {
	switch {
	case t.width == 0 || terminal.Width(cell) <= t.width-used:
		return []string{cell}
	case t.wrap:
		return wrap(strings.Split(cell, " "), "", max(t.width-used, 20))
	}
	return []string{terminal.Cut(cell, max(t.width-used, 20))}
}

// printWrapped prints safe text, its further lines behind another indent.
func (a *app) printWrapped(paint func(string) string, first, further, text string) {
	width := a.lineWidth()
	lines := []string{text}
	if width > 0 {
		lines = wrap(strings.Split(text, " "), "", max(width-max(terminal.Width(first), terminal.Width(further)), 20))
	}
	for i, line := range lines {
		if i > 0 {
			first = further
		}
		fmt.Fprintln(a.stdout, paint(first+line))
	}
}

func plain(text string) string { return text }

// wrap breaks safe words into lines of at most width cells.
func wrap(words []string, sep string, width int) []string {
	var lines []string
	line := ""
	for i, word := range words {
		if i < len(words)-1 {
			word += sep
		}
		switch {
		case line == "":
			line = word
		case terminal.Width(line)+1+terminal.Width(word) > width:
			lines = append(lines, strings.TrimRight(line, " "))
			line = word
		default:
			line += " " + word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// safeAll makes each text safe for the terminal.
func safeAll(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = terminal.Safe(t)
	}
	return out
}

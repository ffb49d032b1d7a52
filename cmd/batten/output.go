package main

import (
	"encoding/json"
	"fmt"
	"io"
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

// table prints rows in columns; the cells must be safe already. The last column is
// cut to the terminal's width. The style paints whole cells, so that colour codes
// do not count as width.
type table struct {
	rows  [][]string
	paint []func(string) string // by column; nil leaves it plain
	width int                   // of the terminal; 0 does not cut
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) write(w io.Writer, indent string) {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], terminal.Width(cell))
		}
	}
	for _, row := range t.rows {
		var b strings.Builder
		b.WriteString(indent)
		used := terminal.Width(indent)
		for i, cell := range row {
			last := i == len(row)-1
			if last && t.width > 0 {
				cell = terminal.Cut(cell, max(t.width-used, 20))
			}
			text := cell
			if i < len(t.paint) && t.paint[i] != nil {
				text = t.paint[i](cell)
			}
			b.WriteString(text)
			if !last {
				pad := widths[i] - terminal.Width(cell) + 2
				b.WriteString(strings.Repeat(" ", pad))
				used += widths[i] + 2
			}
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}

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

package tui

import (
	"fmt"
	"strings"

	"batten/internal/engine"
)

// cell is a row of a difference: a line of the old file, one of the new, or both, by
// their places in the hunk; -1 for none.
type cell struct{ old, new int32 }

// first is where a cell begins in its hunk.
func (c cell) first() int32 {
	if c.old >= 0 {
		return c.old
	}
	return c.new
}

// changed tells whether the files differ in it: an unchanged line is on both sides.
func (c cell) changed() bool { return c.old != c.new }

// lines are those of a cell, each once.
func (c cell) lines() []int32 {
	switch {
	case c.old < 0 || c.old == c.new:
		return []int32{c.new}
	case c.new < 0:
		return []int32{c.old}
	}
	return []int32{c.old, c.new}
}

// numbered is a hunk with the number of each line in both files.
type numbered struct {
	engine.Hunk
	old, new []int      // 0 where a line is not in one
	twin     []int32    // the line that took a line's place, -1 for none
	tells    [][2]int32 // remarks that a line is the first of: from, to
	place    int        // of its first line among those of all hunks
	digits   int
}

func newNumbered(h engine.Hunk) numbered {
	n := numbered{Hunk: h, old: make([]int, len(h.Lines)), new: make([]int, len(h.Lines)), twin: twins(h.Lines)}
	o, w := max(h.OldStart, 1), max(h.NewStart, 1)
	for i, l := range h.Lines {
		if l.Kind != "+" {
			n.old[i], o = o, o+1
		}
		if l.Kind != "-" {
			n.new[i], w = w, w+1
		}
	}
	n.digits = max(3, len(fmt.Sprint(max(o, w))))
	return n
}

// number is a line's number in the gutter.
func (n *numbered) number(of int) string {
	if of == 0 {
		return strings.Repeat(" ", n.digits+1)
	}
	return fmt.Sprintf("%*d ", n.digits, of)
}

// cells are the rows of a hunk: lines one below the other, or beside those that took
// their place.
func (n *numbered) cells(sides bool) []cell {
	out := make([]cell, 0, len(n.Lines))
	for k := range n.Lines {
		i := int32(k)
		switch kind, twin := n.Lines[k].Kind, n.twin[k]; {
		case kind == " ":
			out = append(out, cell{i, i})
		case kind == "-" && sides && twin >= 0:
			out = append(out, cell{i, twin})
		case kind == "-":
			out = append(out, cell{i, -1})
		case !sides || twin < 0:
			out = append(out, cell{-1, i})
		}
	}
	return out
}

// twins tie each removed line to the added one that takes its place: the first removed
// of a run to the first added one after it, and so on; -1 for lines without one.
func twins(lines []engine.DiffLine) []int32 {
	out := make([]int32, len(lines))
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
		for k := range min(came-gone, i-came) {
			out[gone+k], out[came+k] = int32(came+k), int32(gone+k)
		}
	}
	return out
}

package tui

import (
	"fmt"

	"batten/internal/engine"
)

// difference lays out hunks: a width and an arrangement in, rows out. What stands behind
// a change stands before it, once in each hunk. A file of a thousand services has a
// hundred thousand rows: what is kept of each is small, and it is drawn when visible.
type difference struct {
	hunks   []numbered
	ids     []string               // of the remarks, in their order
	heights []int                  // rows that each takes
	remark  func(id string) []line // that many lines
	rows    []diffRow
	sides   bool // old and new side by side
}

// diffRow is a row of a difference, by what it shows.
type diffRow struct {
	kind diffKind
	stop bool
	hunk int32
	cell        // of a line, or of the line that a remark is about
	id   int32  // of a remark
	nth  uint16 // row of the remark
}

type diffKind uint8

const (
	rowLine diffKind = iota
	rowRemark
	rowHead
	rowEmpty
)

// newDifference takes hunks in. A remark is what stands before the first line that a
// finding is behind; height is how many rows it takes.
func newDifference(hunks []engine.Hunk, remark func(id string) []line, height func(id string) int) *difference {
	d := &difference{remark: remark}
	place := 0
	for _, h := range hunks {
		n := newNumbered(h)
		n.place, n.tells = place, make([][2]int32, len(h.Lines))
		place += len(h.Lines)
		told := map[string]bool{}
		for i, l := range h.Lines {
			n.tells[i][0] = int32(len(d.ids))
			for _, id := range l.Findings {
				if !told[id] {
					told[id] = true
					d.ids, d.heights = append(d.ids, id), append(d.heights, height(id))
				}
			}
			n.tells[i][1] = int32(len(d.ids))
		}
		d.hunks = append(d.hunks, n)
	}
	return d
}

// arrange makes the rows, one line below the other or old and new side by side.
func (d *difference) arrange(sides bool) {
	d.rows, d.sides = d.rows[:0], sides
	for k := range d.hunks {
		n, at := &d.hunks[k], diffRow{hunk: int32(k)}
		if k > 0 {
			d.rows = append(d.rows, at.as(rowEmpty, false))
		}
		d.rows = append(d.rows, at.as(rowHead, true))
		inChange := false
		for _, c := range n.cells(sides) {
			at.cell = c
			before := len(d.rows)
			for _, i := range c.lines() {
				for id := n.tells[i][0]; c.changed() && id < n.tells[i][1]; id++ {
					for nth := range d.heights[id] {
						row := at.as(rowRemark, false)
						row.id, row.nth = id, uint16(nth)
						d.rows = append(d.rows, row)
					}
				}
			}
			d.rows = append(d.rows, at.as(rowLine, false))
			d.rows[before].stop = c.changed() && (!inChange || len(d.rows)-before > 1)
			inChange = c.changed()
		}
	}
}

func (r diffRow) as(kind diffKind, stop bool) diffRow {
	r.kind, r.stop = kind, stop
	return r
}

func (d *difference) count() int      { return len(d.rows) }
func (d *difference) stop(i int) bool { return d.rows[i].stop }

// place is the same for a line in both arrangements, and never less than of the row
// before.
func (d *difference) place(i int) int {
	r := &d.rows[i]
	n := &d.hunks[r.hunk]
	if r.kind == rowHead || r.kind == rowEmpty {
		return n.place
	}
	return n.place + int(r.first())
}

// at is a row as it is shown.
func (d *difference) at(i int) contentRow {
	r := d.rows[i]
	n := &d.hunks[r.hunk]
	switch r.kind {
	case rowEmpty:
		return contentRow{}
	case rowHead:
		head := fmt.Sprintf("@@ -%d,%d +%d,%d @@", n.OldStart, n.OldCount, n.NewStart, n.NewCount)
		return fixed(as(heading, head).and(muted, "  "+changeCounts(n.Hunk)))
	case rowRemark:
		id := d.ids[r.id]
		out := fixed(d.remark(id)[r.nth])
		out.ids = []string{id}
		return out
	}
	return n.row(r.cell, d.sides)
}

// words are what filters look at: of a remark all of it, so that it stays whole.
func (d *difference) words(i int) string {
	r := &d.rows[i]
	switch r.kind {
	case rowLine:
		return d.hunks[r.hunk].words(r.cell)
	case rowRemark:
		return d.ids[r.id]
	}
	return ""
}

// changeCounts says how much a hunk changes.
func changeCounts(h engine.Hunk) string {
	added, removed := 0, 0
	for _, l := range h.Lines {
		switch l.Kind {
		case "+":
			added++
		case "-":
			removed++
		}
	}
	return fmt.Sprintf("%s added, %d removed", counted(added, "line", "lines"), removed)
}

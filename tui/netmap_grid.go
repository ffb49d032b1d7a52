package tui

import "strings"

// grid is an area of cells to draw in. It grows downwards.
type grid struct {
	w     int
	cells [][]gridCell
}

// gridCell is a character; the cell after a wide one is empty.
type gridCell struct {
	role role
	text string
}

func (g *grid) row(y int) []gridCell {
	for len(g.cells) <= y {
		row := make([]gridCell, g.w)
		for i := range row {
			row[i] = gridCell{normal, " "}
		}
		g.cells = append(g.cells, row)
	}
	return g.cells[y]
}

// put writes clean text from a cell on. What would be outside is left out.
func (g *grid) put(x, y int, r role, text string) {
	row := g.row(y)
	for _, c := range text {
		s := string(c)
		n := width(s)
		if x < 0 || x+n > g.w {
			x += n
			continue
		}
		for i := range n {
			g.free(row, x+i)
		}
		row[x] = gridCell{r, s}
		for i := 1; i < n; i++ {
			row[x+i] = gridCell{r, ""}
		}
		x += n
	}
}

// free gives up what is in a cell, and with half of a wide character the other half.
func (g *grid) free(row []gridCell, x int) {
	if row[x].text == "" && x > 0 {
		row[x-1].text = " "
	}
	if x+1 < len(row) && row[x+1].text == "" {
		row[x+1].text = " "
	}
	row[x].text = " "
}

// middle writes text with its middle at a cell.
func (g *grid) middle(x, y int, r role, text string) { g.put(x-width(text)/2, y, r, text) }

func (g *grid) lines() []line {
	out := make([]line, len(g.cells))
	for y, row := range g.cells {
		var b strings.Builder
		for x, c := range row {
			b.WriteString(c.text)
			if x == len(row)-1 || row[x+1].role != c.role {
				out[y] = out[y].and(c.role, b.String())
				b.Reset()
			}
		}
	}
	return out
}

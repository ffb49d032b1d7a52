package tui

// mapDrawing draws a map into a grid: the outside above, services below it, each with a
// line down through the frames of the networks that it is on.
type mapDrawing struct {
	grid
	columns []mapColumn
	at      map[string]int // places in columns
	plan    netPlan
	deepest map[string]int // frame at which a service's line ends
}

// mostDrawn is how many services are drawn: more are read more easily as a list.
const mostDrawn = 24

// drawMap draws, or tells that there is no room for it.
func drawMap(p netPlan, order []string, w int, service string) ([]line, bool) {
	if len(p.services) > mostDrawn {
		return nil, false
	}
	for _, longest := range []int{24, 14, 9} {
		columns := mapColumns(p, order, longest, service)
		if placed(columns, p, w) {
			d := &mapDrawing{grid: grid{w: w}, columns: columns, plan: p, at: map[string]int{}}
			for i, c := range columns {
				d.at[c.name] = i
			}
			d.networks(d.boxes(d.outside()))
			return d.lines(), true
		}
	}
	return nil, false
}

// outside draws the world and its ways in, and gives the row below.
func (d *mapDrawing) outside() int {
	rows := 0
	for _, c := range d.columns {
		rows = max(rows, len(c.ports))
	}
	if rows == 0 {
		return 0
	}
	d.put(0, 0, muted, repeated("─", d.w))
	for _, c := range d.columns {
		for i, p := range c.ports {
			d.middle(c.x, 1+rows-len(c.ports)+i, p.role, p.text)
		}
		if len(c.ports) == 0 {
			continue
		}
		d.put(c.x, 0, muted, "┬")
		for y := 1; y < 1+rows-len(c.ports); y++ {
			d.put(c.x, y, muted, "│")
		}
		d.put(c.x, rows+1, muted, c.way())
	}
	d.world()
	return rows + 2
}

// world writes what the uppermost line is, where no way in begins: at the left if there
// is room, else in the widest place.
func (d *mapDrawing) world() {
	const word = " outside "
	from, best, at := -1, 0, 0
	for i := range len(d.columns) + 1 {
		to := d.w
		if i < len(d.columns) {
			if to = d.columns[i].x; len(d.columns[i].ports) == 0 {
				continue
			}
		}
		if room := to - from - 1; room > best {
			best, at = room, from+1
		}
		if from < 0 && best > len(word)+2 {
			break
		}
		from = to
	}
	switch {
	case at == 0:
		d.put(min(2, max(best-len(word), 0)), 0, muted, word)
	default:
		d.middle(at+best/2, 0, muted, cut(word, best))
	}
}

// boxes draws the services.
func (d *mapDrawing) boxes(y int) int {
	for _, c := range d.columns {
		edge, name, sign := muted, strong, " "
		if c.chosen {
			edge, name, sign = accent, heading, "▸"
		}
		left := c.x - c.boxWidth()/2
		inner := c.boxWidth() - 2
		d.put(left, y, edge, "╭"+repeated("─", inner)+"╮")
		d.put(left, y+1, edge, "│"+sign)
		d.put(left+2, y+1, name, c.shown)
		d.put(left+c.boxWidth()-2, y+1, edge, " │")
		d.put(left, y+2, edge, "╰"+repeated("─", inner)+"╯")
		if len(c.ports) > 0 {
			d.put(c.x, y, edge, "┴")
		}
	}
	return y + 3
}

package tui

import (
	"cmp"
	"slices"
)

// frame is where a network is drawn.
type frame struct {
	*netFrame
	members     []int // places of columns, in order
	left, right int
	title       int // where the name begins
	room        int // for it
	top, bottom int
	horizontal  string
	cross, end  string
	side        string
	corners     [4]string
}

func (d *mapDrawing) networks(y int) {
	frames := d.frames()
	d.deepest = map[string]int{}
	heights := make([]int, d.w) // up to where something is drawn
	for i := range heights {
		heights[i] = y
	}
	for i := range frames {
		f := &frames[i]
		for x := max(f.left-1, 0); x <= min(f.right+1, d.w-1); x++ {
			f.top = max(f.top, heights[x])
		}
		f.bottom = f.top + max(len(f.talks), 1) + 1
		for x := max(f.left, 0); x <= min(f.right, d.w-1); x++ {
			heights[x] = f.bottom + 1
		}
		for _, m := range f.members {
			d.deepest[d.columns[m].name] = max(d.deepest[d.columns[m].name], f.bottom)
		}
	}
	for i, c := range d.columns {
		if down := d.deepest[c.name]; down > 0 {
			d.put(c.x, y-1, d.lineRole(i), "┬")
			d.down(i, y, down)
		}
	}
	for i := range frames {
		d.frame(&frames[i])
	}
}

// frames are the networks from left to right, with how far each reaches.
func (d *mapDrawing) frames() []frame {
	var out []frame
	for i := range d.plan.frames {
		f := frame{netFrame: &d.plan.frames[i]}
		for _, member := range f.netFrame.members {
			if at, ok := d.at[member]; ok {
				f.members = append(f.members, at)
			}
		}
		if len(f.members) == 0 {
			continue
		}
		slices.Sort(f.members)
		f.looks()
		d.extent(&f)
		slices.SortStableFunc(f.talks, func(a, b talk) int {
			return cmp.Or(cmp.Compare(d.at[a.from], d.at[b.from]), cmp.Compare(d.at[a.to], d.at[b.to]))
		})
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b frame) int {
		return cmp.Or(cmp.Compare(a.members[0], b.members[0]), cmp.Compare(len(a.members), len(b.members)), cmp.Compare(a.name, b.name))
	})
	return out
}

func (f *frame) looks() {
	f.horizontal, f.cross, f.end, f.side, f.corners = "─", "┼", "┴", "│", [4]string{"╭", "╮", "╰", "╯"}
	if f.closed {
		f.horizontal, f.cross, f.end, f.side, f.corners = "═", "╪", "╧", "║", [4]string{"╔", "╗", "╚", "╝"}
	}
}

// extent places a frame around the lines of its members, and its name between two of
// them, or behind the last where that is wider.
func (d *mapDrawing) extent(f *frame) {
	first, last := d.columns[f.members[0]].x, d.columns[f.members[len(f.members)-1]].x
	f.left, f.right = first-3, last+3
	wanted := max(width(clean(f.name)), width(clean(f.word)))
	for i, m := range f.members[1:] {
		from, to := d.columns[f.members[i]].x, d.columns[m].x
		if room := to - from - 4; f.room < min(room, wanted) {
			f.title, f.room = from+3, room
		}
	}
	if behind := min(d.w-1-last-5, wanted); f.room < wanted && behind > f.room {
		f.title, f.room = last+3, behind
		f.right = max(f.right, last+behind+5)
	}
}

// frame draws a network over the lines of those who are not on it, and lets those of its
// members in.
func (d *mapDrawing) frame(f *frame) {
	inner := f.right - f.left - 1
	d.put(f.left, f.top, muted, f.corners[0]+repeated(f.horizontal, inner)+f.corners[1])
	for y := f.top + 1; y < f.bottom; y++ {
		d.put(f.left, y, muted, f.side+repeated(" ", inner)+f.side)
	}
	d.put(f.left, f.bottom, muted, f.corners[2]+repeated(f.horizontal, inner)+f.corners[3])
	d.caption(f.title, f.top, normal, f.name, f.room)
	looks := warning
	if f.closed {
		looks = good
	}
	d.caption(f.title, f.bottom, looks, f.word, f.room)
	for _, m := range f.members {
		c := &d.columns[m]
		d.put(c.x, f.top, d.lineRole(m), f.cross)
		d.down(m, f.top+1, f.bottom-1)
		end := f.cross
		if d.deepest[c.name] == f.bottom {
			end = f.end
		}
		d.put(c.x, f.bottom, d.lineRole(m), end)
	}
	for i, t := range f.talks {
		d.talk(f, t, f.top+1+i)
	}
}

// caption writes into an edge.
func (d *mapDrawing) caption(x, y int, r role, text string, room int) {
	text = clean(text)
	if width(text) > room {
		text = cut(text, room-1) + "…"
	}
	if room > 1 {
		d.put(x-1, y, r, " "+text+" ")
	}
}

// talk draws an arrow between two lines.
func (d *mapDrawing) talk(f *frame, t talk, y int) {
	from, to := d.at[t.from], d.at[t.to]
	a, b := d.columns[from].x, d.columns[to].x
	looks, dash := normal, "─"
	if !t.observed {
		looks, dash = muted, "·"
	}
	if d.columns[from].chosen || d.columns[to].chosen {
		looks = accent
	}
	d.put(min(a, b)+1, y, looks, repeated(dash, max(a-b, b-a)-1))
	for _, m := range f.members {
		if x := d.columns[m].x; x > min(a, b) && x < max(a, b) {
			d.put(x, y, muted, "┼")
		}
	}
	d.put(a, y, looks, "●")
	step, head := 1, "→"
	if b < a {
		step, head = -1, "←"
	}
	d.put(b-step, y, looks, head)
	if label := clean(t.label()); label != "" {
		next := d.columns[from+step].x
		d.middle((a+next)/2, y, looks, " "+label+" ")
	}
}

func (d *mapDrawing) down(column, from, to int) {
	for y := from; y <= to; y++ {
		d.put(d.columns[column].x, y, d.lineRole(column), "│")
	}
}

func (d *mapDrawing) lineRole(column int) role {
	if d.columns[column].chosen {
		return accent
	}
	return muted
}

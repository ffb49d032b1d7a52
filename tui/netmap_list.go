package tui

import "strings"

// listMap is the map for more services than can be drawn: each network as a frame with
// those in it and their arrows.
func listMap(p netPlan, w int) []line {
	labels := map[string][]span{}
	for i, s := range p.services {
		labels[s.Name] = portLabels(p, i)
	}
	var out []line
	for i := range p.frames {
		f := &p.frames[i]
		title := f.name + ", " + f.word + ", " + counted(len(f.members), "service", "services")
		inside := listMembers(f, labels, max(w-4, 1))
		if f.closed {
			out = append(out, doubleFramed(title, inside, w)...)
			continue
		}
		out = append(out, framed(title, "", inside, w, len(inside)+2, false)...)
	}
	return out
}

// doubleFramed is the frame of a network that leads nowhere.
func doubleFramed(title string, inside []line, w int) []line {
	if w < 8 {
		return fitted(inside, w, len(inside))
	}
	title = clean(title)
	if width(title) > w-6 {
		title = cut(title, w-7) + "…"
	}
	out := []line{as(muted, "╔═ ").and(strong, title).and(muted, " "+repeated("═", w-5-width(title))+"╗")}
	for _, l := range inside {
		out = append(out, joined(as(muted, "║"), l.fit(w-2, "…"), as(muted, "║")))
	}
	return append(out, as(muted, "╚"+repeated("═", w-2)+"╝"))
}

// listMembers are the members of a network, those that talk first.
func listMembers(f *netFrame, labels map[string][]span, w int) []line {
	by := map[string][]line{}
	spoken := map[string]bool{}
	name := 0
	for _, t := range f.talks {
		looks, text := normal, t.to
		if !t.observed {
			looks = muted
		}
		if l := t.label(); l != "" {
			text += " " + l
		}
		by[t.from] = append(by[t.from], as(looks, arrowOf(t.observed)+" "+text))
		spoken[t.to] = true
	}
	var silent []string
	quiet := map[string]bool{}
	for _, member := range f.members {
		if by[member] == nil && !spoken[member] && len(labels[member]) == 0 {
			silent, quiet[member] = append(silent, member), true
			continue
		}
		name = max(name, min(width(clean(member)), w/3))
	}
	var out []line
	for _, member := range f.members {
		if quiet[member] {
			continue
		}
		parts := []line{}
		for _, l := range labels[member] {
			parts = append(parts, line{l})
		}
		parts = append(parts, by[member]...)
		out = append(out, flowed(joined(said(" "), column(strong, member, name), said("  ")), parts, name+3, w)...)
	}
	if len(silent) > 0 {
		out = append(out, indented(as(muted, " silent"), muted, strings.Join(silent, ", "), 9, w)...)
	}
	return out
}

// flowed puts parts one after the other, in as many rows as they need.
func flowed(first line, parts []line, indent, w int) []line {
	row, used := first, indent
	var out []line
	for i, p := range parts {
		n := width(clean(p.text()))
		if i > 0 && used+2+n > w {
			out = append(out, row)
			row, used = said(repeated(" ", indent)), indent
		} else if i > 0 {
			row, used = row.and(normal, "  "), used+2
		}
		row, used = append(row, p...), used+n
	}
	return append(out, row)
}

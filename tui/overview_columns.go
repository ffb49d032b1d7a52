package tui

// columnWidths are the widths of the longest cells, for columns as narrow as they can be.
type columnWidths struct{ name, evidence, user, exposed, worst, findings, image int }

func widthsOf(rows []serviceRow) columnWidths {
	c := columnWidths{name: 7, evidence: 8, user: 4, exposed: 7, worst: 5, findings: 8, image: 5}
	for i := range rows {
		r := &rows[i]
		for _, one := range []struct {
			w    *int
			text string
		}{
			{&c.name, r.nameText()}, {&c.evidence, r.evidence.text()}, {&c.user, r.userText()}, {&c.exposed, r.exposed.text()},
			{&c.worst, r.worstText()}, {&c.findings, r.findingsText()}, {&c.image, r.known.Image},
		} {
			*one.w = max(*one.w, width(clean(one.text)))
		}
	}
	return c
}

// servicesColumn is a column of the list of services.
type servicesColumn struct {
	title string
	w     int
	cell  func(r *serviceRow, w int) line
}

const columnGap = 2

// columnsFor chooses what is shown in w cells: the columns in the order of how much they
// matter, as long as there is room, in the order in which they are read.
func columnsFor(c columnWidths, w int) []servicesColumn {
	name := min(c.name, 24, max(w-scoreTextWidth-columnGap, 7))
	if w >= 120 {
		name = min(c.name, 40)
	}
	bar := 10
	switch {
	case w >= 140:
		bar = 20
	case w >= 110:
		bar = 16
	}
	all := []struct {
		matters, least int
		servicesColumn
	}{
		{0, name, servicesColumn{"service", name, func(r *serviceRow, w int) line { return column(r.nameRole(), r.nameText(), w) }}},
		{2, bar, servicesColumn{"score", bar, func(r *serviceRow, w int) line { return r.bar(w) }}},
		{1, scoreTextWidth, servicesColumn{"now→then", scoreTextWidth, func(r *serviceRow, _ int) line { return r.scores() }}},
		{3, 8, servicesColumn{"evidence", min(c.evidence, 16), func(r *serviceRow, w int) line { return r.evidence.fit(w, "…") }}},
		{4, 4, servicesColumn{"user", min(c.user, 16), func(r *serviceRow, w int) line { return column(r.userRole(), r.userText(), w) }}},
		{5, 8, servicesColumn{"exposed", min(c.exposed, 30), func(r *serviceRow, w int) line { return r.exposed.fit(w, "…") }}},
		{6, 11, servicesColumn{"worst", min(c.worst, 24), func(r *serviceRow, w int) line { return r.worstLine().fit(w, "…") }}},
		{7, 8, servicesColumn{"findings", min(c.findings, 12), func(r *serviceRow, w int) line { return column(normal, r.findingsText(), w) }}},
		{8, 12, servicesColumn{"image", min(c.image, 60), func(r *serviceRow, w int) line { return column(muted, r.known.Image, w) }}},
	}
	room := w + columnGap
	taken := make([]bool, len(all))
	for matters := range len(all) {
		for i := range all {
			a := &all[i]
			if a.matters != matters {
				continue
			}
			if n := min(a.w, room-columnGap); n >= a.least || n == a.w {
				a.w, taken[i], room = n, true, room-n-columnGap
			} else {
				room = 0 // what matters less does not take the place of what matters more
			}
		}
	}
	var out []servicesColumn
	for i := range all {
		if taken[i] {
			out = append(out, all[i].servicesColumn)
		}
	}
	return out
}

// tableRow puts cells beside each other.
func tableRow(columns []servicesColumn, cell func(c servicesColumn) line) line {
	var out line
	for i, c := range columns {
		if i > 0 {
			out = out.and(normal, repeated(" ", columnGap))
		}
		out = append(out, cell(c).fit(c.w, "…")...)
	}
	return out
}

package tui

import (
	"batten/internal/engine"
)

// call is a call with the reason beside it, and below what of its arguments is judged
// and what Docker's default does otherwise.
func (v callsView) call(c engine.CallLine) []contentRow {
	n := v.nameWidth()
	head := as(normal, "  "+c.Name)
	if c.Security {
		head = as(warning, "▲ ").and(normal, c.Name)
	}
	var rows []line
	for i, row := range wrap(muted, c.Why, max(v.w-n-1, 10)) {
		name := said("")
		if i == 0 {
			name = head
		}
		if i == 0 && width(clean(name.text())) > n { // a long name has a row of its own
			rows = append(rows, name)
			name = said("")
		}
		rows = append(rows, name.fit(n+1, "").with(row))
	}
	below := func(r role, text string) {
		rows = append(rows, indented(said(""), r, text, n+1, v.w)...)
	}
	if c.Args != "" {
		below(accent, "only "+c.Args)
	}
	switch c.Docker {
	case dockerRefuses:
		below(warning, "Docker's default refuses it")
	case dockerJudges:
		below(muted, "Docker's default allows it for some arguments")
	}
	out := make([]contentRow, len(rows))
	for i, row := range rows {
		out[i] = fixed(row)
		out[i].text, out[i].copy = c.Name+" "+c.Why+" "+c.Args+" "+c.Docker, c.Name
		out[i].about = []string{c.Name}
	}
	return out
}

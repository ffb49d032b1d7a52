package tui

// newScreens are the screens in the order of their keys. A new one is added here.
func newScreens(m *model) []screen {
	return []screen{newOverview(m), newTrace(m), newPlan(m), newFiles(m)}
}

// split places panes by the room there is: below wide cells only the one with the focus
// is visible, from there on side by side, by shares of the width.
func split(w, h, focus, wide int, shares ...int) []rect {
	out := make([]rect, len(shares))
	if w < wide {
		out[focus] = rect{0, 0, w, h}
		return out
	}
	all := 0
	for _, s := range shares {
		all += s
	}
	x := 0
	for i, s := range shares {
		n := w * s / all
		if i == len(shares)-1 {
			n = w - x
		}
		out[i] = rect{x, 0, n, h}
		x += n
	}
	return out
}

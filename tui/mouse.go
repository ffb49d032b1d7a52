package tui

// click puts the focus and the cursor where the mouse is. Mouse is off until M.
func (m *model) click(x, y int) {
	if m.dialog() != nil || m.finding {
		return
	}
	if y == 1 {
		for i, t := range m.tabs() {
			if x >= t.x && x < t.x+t.w {
				m.at = i
			}
		}
		return
	}
	for i, r := range m.places() {
		if x >= r.x && x < r.x+r.w && y-top >= r.y && y-top < r.y+r.h {
			m.focus[m.at] = i
			m.screen().panes()[i].click(x-r.x-1, y-top-r.y-1)
		}
	}
}

func (m *model) wheel(up bool) {
	by := 3
	if up {
		by = -3
	}
	if d, ok := m.dialog().(scroller); ok {
		d.move(by)
	} else if m.dialog() == nil {
		m.pane().move(by)
	}
}

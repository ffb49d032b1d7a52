package tui

// The heights of a sparkline, the first of which is nothing at all.
const (
	sparkSigns      = "▁▂▃▄▅▆▇█"
	sparkSignsASCII = "_.:-=+*#"
)

// sparkline draws numbers as heights, one a cell, the newest at the right. Nothing is the
// lowest sign, and whatever is more stands above it.
func sparkline(values []int, ascii bool) line {
	signs := []rune(sparkSigns)
	if ascii {
		signs = []rune(sparkSignsASCII)
	}
	most := 0
	for _, v := range values {
		most = max(most, v)
	}
	var out line
	for _, v := range values {
		r, height := muted, 0
		if v > 0 {
			r, height = accent, 1+(v*(len(signs)-2)+most/2)/most
		}
		if n := len(out); n > 0 && out[n-1].role == r {
			out[n-1].text += string(signs[height])
		} else {
			out = out.and(r, string(signs[height]))
		}
	}
	return out
}

// sparkCells is how many cells a sparkline of a minute takes at most in a width, so that
// every cell stands for the same number of seconds.
func sparkCells(w int) int {
	for _, n := range []int{60, 30, 20, 15, 12, 10} {
		if n <= w {
			return n
		}
	}
	return 0
}

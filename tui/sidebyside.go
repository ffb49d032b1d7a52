package tui

// sidesApart stands between the two files.
const sidesApart = " │ "

// sideBySide draws the old file's line on the left and the new one's on the right, in w
// cells. Both are scrolled sideways together.
func sideBySide(n *numbered, c cell, left, w int) line {
	half := max((w-width(sidesApart))/2, 1)
	side := func(i int32, numbers []int) line {
		if i < 0 {
			return said("").fit(half, "")
		}
		return scrolled(as(muted, n.number(numbers[i])).with(diffSign(n, i)), diffText(n, i), left, half).fit(half, "")
	}
	return side(c.old, n.old).and(muted, sidesApart).with(side(c.new, n.new))
}

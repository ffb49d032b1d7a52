package tui

import "strings"

// signs are the characters beyond ASCII that the program itself draws, each one cell
// wide and without a form as emoji, with what stands for them in a terminal that has
// ASCII alone.
var signs = strings.NewReplacer(
	"◆", "#", "▲", "!", "●", "*", "○", "-", "·", ".", "✓", "v", "✗", "x", "▸", ">", "▾", "v",
	"─", "-", "│", "|", "╭", "+", "╮", "+", "╰", "+", "╯", "+", "├", "+", "┤", "+", "┬", "+", "┴", "+", "┼", "+",
	"━", "=", "┃", "|", "┄", "-", "╌", "-", "┊", ":", "═", "=", "║", "|", "╫", "+", "┆", ":",
	"→", ">", "←", "<", "↑", "^", "↓", "v", "…", "~", "–", "-", "—", "-", "×", "x", "≤", "<", "≥", ">", "’", "'",
	"█", "#", "▓", "+", "▒", "+", "░", ".", "▁", "_", "▂", "_", "▃", "-", "▄", "-", "▅", "=", "▆", "=", "▇", "#", "▌", "#", "▐", "#", "■", "#", "□", ".",
	"╔", "+", "╗", "+", "╚", "+", "╝", "+", "╪", "+", "╧", "+",
)

// toASCII replaces what a terminal without Unicode cannot show. Text of others that is
// left then becomes a question mark for each cell.
func toASCII(s string) string {
	s = signs.Replace(s)
	if width(s) == len(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if r < 0x7f {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Repeat("?", width(string(r))))
		}
	}
	return b.String()
}

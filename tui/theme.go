package tui

import (
	"fmt"
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
)

// Themes are the values that --theme takes. auto is ansi, whose colours are those of the
// terminal's own palette and so read on dark and on light.
func Themes() []string { return []string{"auto", "ansi", "dark", "light", "mono"} }

// theme makes looks of roles and knows which signs may be used.
type theme struct {
	name          string
	ascii         bool
	before, after [roles]string
}

// look is how a role is shown. In each, what a colour says a word or sign says too.
type look struct {
	bold, faint, reverse, underlined bool
}

// palettes give each role its colour; bold, faint and reverse are the same in all.
var palettes = map[string][roles]color.Color{
	"ansi": {accent: lipgloss.Cyan, good: lipgloss.Green, bad: lipgloss.Red, warning: lipgloss.Yellow, danger: lipgloss.Red, heading: lipgloss.Cyan},
	"dark": {
		accent: lipgloss.Color("#7dcfff"), good: lipgloss.Color("#9ece6a"), bad: lipgloss.Color("#f7768e"), warning: lipgloss.Color("#e0af68"),
		danger: lipgloss.Color("#ff5f6d"), heading: lipgloss.Color("#bb9af7"), muted: lipgloss.Color("#8790b0"),
	},
	"light": {
		accent: lipgloss.Color("#005f87"), good: lipgloss.Color("#2f6f1a"), bad: lipgloss.Color("#a3142e"), warning: lipgloss.Color("#7a4f00"),
		danger: lipgloss.Color("#b00020"), heading: lipgloss.Color("#5b2a9d"), muted: lipgloss.Color("#585f78"),
	},
	"mono": {},
}

func newTheme(name string, ascii bool) (*theme, error) {
	if name == "" || name == "auto" {
		name = "ansi"
	}
	colors, ok := palettes[name]
	if !ok {
		return nil, fmt.Errorf("choose theme: %q is none of %s", name, strings.Join(Themes(), ", "))
	}
	t := &theme{name: name, ascii: ascii}
	looks := [roles]look{
		strong: {bold: true}, muted: {faint: colors[muted] == nil}, danger: {bold: true}, heading: {bold: true}, chosen: {reverse: true},
		marking: {underlined: true, bold: true},
	}
	for r := range roles {
		l := looks[r]
		style := lipgloss.NewStyle().Bold(l.bold).Faint(l.faint).Reverse(l.reverse).Underline(l.underlined)
		if colors[r] != nil {
			style = style.Foreground(colors[r])
		}
		t.before[r], t.after[r], _ = strings.Cut(style.Render("x"), "x")
	}
	return t, nil
}

// paint writes a line as the terminal takes it.
func (t *theme) paint(b *strings.Builder, l line) {
	for _, s := range l {
		if s.text == "" {
			continue
		}
		b.WriteString(t.before[s.role])
		if t.ascii {
			b.WriteString(toASCII(s.text))
		} else {
			b.WriteString(s.text)
		}
		b.WriteString(t.after[s.role])
	}
}

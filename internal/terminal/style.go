package terminal

import (
	"io"
	"os"
)

// Style colours words when colour is wanted. The zero value does not.
type Style struct{ colour bool }

// NewStyle decides whether what goes to w may be coloured: not when off is set,
// NO_COLOR is not empty or CLICOLOR is 0; not when w is no terminal or TERM is
// dumb, unless CLICOLOR_FORCE is 1.
func NewStyle(w io.Writer, off bool) Style {
	return Style{colour: wanted(off, IsTerminal(w), os.Getenv)}
}

func wanted(off, terminal bool, getenv func(string) string) bool {
	if off || getenv("NO_COLOR") != "" || getenv("CLICOLOR") == "0" {
		return false
	}
	if getenv("CLICOLOR_FORCE") == "1" {
		return true
	}
	return terminal && getenv("TERM") != "dumb"
}

// The roles of colour. Each is from the terminal's own palette, so that it reads
// on dark and on light; none means anything that the words do not say.
func (s Style) Accent(t string) string { return s.paint("36", t) }
func (s Style) Muted(t string) string  { return s.paint("2", t) }
func (s Style) Ok(t string) string     { return s.paint("32", t) }
func (s Style) Bad(t string) string    { return s.paint("31", t) }
func (s Style) Warn(t string) string   { return s.paint("33", t) }
func (s Style) Danger(t string) string { return s.paint("1;31", t) }
func (s Style) Bold(t string) string   { return s.paint("1", t) }

func (s Style) paint(code, text string) string {
	if !s.colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

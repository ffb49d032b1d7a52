package terminal

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// defaultColumns is what a terminal has when it does not say.
const defaultColumns = 80

// IsTerminal tells whether a stream is a terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok || f == nil {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), termiosRequest)
	return err == nil
}

// Columns is the width of the terminal behind w, else that of COLUMNS, else 80.
func Columns(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ); err == nil && size.Col > 0 {
			return int(size.Col)
		}
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	return defaultColumns
}

// Width is the number of cells that safe text takes: 2 for East Asian wide
// characters and emoji, 0 for combining marks.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n += cells(r)
	}
	return n
}

// Cut shortens safe text to at most width cells; what is cut is shown as "…", or
// as "~" in a locale without it.
func Cut(s string, width int) string {
	if Width(s) <= width {
		return s
	}
	if width <= 0 {
		return ""
	}
	n := 0
	for i, r := range s {
		if n+cells(r) > width-1 {
			return s[:i] + Symbol("…", "~")
		}
		n += cells(r)
	}
	return s
}

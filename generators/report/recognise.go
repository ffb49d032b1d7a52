package report

import "strings"

// The beginnings of the pages that this package writes.
const (
	reportTitle = "# Hardening of `"
	applyTitle  = "# Applying the hardening of `"
)

// Recognise tells whether a page was written by this package, of whatever project.
func Recognise(page []byte) bool {
	text := string(page)
	return strings.HasPrefix(text, reportTitle) || strings.HasPrefix(text, applyTitle)
}

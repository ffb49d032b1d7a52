package tui

import "strings"

// needsReason refuses an empty reason: batten.yaml could not be read with one.
func needsReason(text string) string {
	if strings.TrimSpace(text) == "" {
		return "a reason is needed: it goes into batten.yaml, and whoever reads it later wants to know"
	}
	return ""
}

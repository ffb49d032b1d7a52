package profiles

import (
	"strconv"
	"strings"
)

// quote makes text of unknown origin fit for one line of a message: quoted, with
// every unprintable character escaped, and short.
func quote(s string) string {
	const limit = 80
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return strconv.Quote(s)
}

// plain returns text of unknown origin as it is when that is safe in a line of
// text, quoted otherwise.
func plain(s string) string {
	if s == "" {
		return `""`
	}
	for _, r := range s {
		if !strconv.IsGraphic(r) || r == ' ' || r == '"' || r == '\uFFFD' {
			return quote(s)
		}
	}
	if len(s) > 200 {
		return quote(s)
	}
	return s
}

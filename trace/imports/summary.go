package imports

import (
	"regexp"
	"strings"

	"batten/profiles"
)

var (
	summaryHead = regexp.MustCompile(`^% time\s+.*\bsyscall\s*$`)
	summaryMode = regexp.MustCompile(`^System call usage summary for (32 bit|64 bit|x32) mode:$`)
	summaryRule = regexp.MustCompile(`^[- ]+$`)
	summaryRow  = regexp.MustCompile(`^\s*[0-9.]+\s+[0-9.]+\s+.*?([a-z_][a-z0-9_]{0,63})\s*$`)
)

// summaryLine reads a line of the table of strace -c, and tells whether it was
// one.
func (l *log) summaryLine(s string) bool {
	if strings.HasPrefix(s, "System call") {
		if m := summaryMode.FindStringSubmatch(s); m != nil {
			l.tableArch = modeArch(l.native, m[1])
			return true
		}
	}
	if strings.HasPrefix(s, "% time") && summaryHead.MatchString(s) {
		l.summary = true
		return true
	}
	if !l.summary {
		return false
	}
	if summaryRule.MatchString(s) && strings.Contains(s, "---") {
		return true
	}
	m := summaryRow.FindStringSubmatch(s)
	if m == nil || strings.Contains(s, "(") {
		return false
	}
	if name, ok := l.name(m[1], l.tableArch); ok && m[1] != "total" {
		l.known++
		l.g.call(callKey{name, l.tableArch, profiles.PartApplication}, 0, func() *profiles.Origin { return nil })
		l.g.loss.SecondArch = l.g.loss.SecondArch || l.tableArch != l.native
	}
	return true
}

// completeSummary adds what a table cannot have: it counts calls that returned,
// and these never do.
func (l *log) completeSummary() {
	if l.known == 0 {
		return
	}
	for _, name := range []string{"exit", "exit_group"} {
		l.g.call(callKey{name, l.native, profiles.PartApplication}, 0, func() *profiles.Origin { return nil })
	}
}

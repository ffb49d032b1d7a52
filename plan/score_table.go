package plan

import (
	"fmt"
	"strings"
)

// scoreTable is the table of parts as the manual shows it.
func scoreTable() string {
	var b strings.Builder
	for _, p := range scoreParts {
		fmt.Fprintf(&b, "### %s: %d\n\n", strings.ToUpper(p.name[:1])+p.name[1:], p.max)
		b.WriteString("| what costs points | points lost | rules |\n|---|---|---|\n")
		for _, l := range p.lacks {
			links := make([]string, len(l.rules))
			for i, id := range l.rules {
				links[i] = fmt.Sprintf("[%s](rules/%s.md)", id, id)
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", l.what, l.points(), strings.Join(links, " "))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// points says what a lack costs.
func (l lack) points() string {
	switch {
	case l.how != "":
		return l.how
	case l.severe:
		return fmt.Sprintf("%d to %d each, by severity, at most %d", l.cost, l.cost*severityFactor[Critical], l.limit)
	case l.cost == l.limit:
		return fmt.Sprint(l.cost)
	}
	return fmt.Sprintf("%d each, at most %d", l.cost, l.limit)
}

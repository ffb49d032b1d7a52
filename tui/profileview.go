package tui

import (
	"fmt"

	"batten/internal/engine"
)

// callsView shows the calls of a seccomp profile.
type callsView struct {
	groups []engine.CallGroup
	w      int
}

// callCounts are how many calls a profile allows and what became of those that Docker's
// default allows.
type callCounts struct {
	allowed int // by the profile
	refused int // by it, and allowed by Docker's default
	kept    int // allowed by both
	beyond  int // refused by Docker's default
	foreign int // of another architecture, which are not compared
	guards  int // of the refused: security-relevant
}

// What Docker's default does with a call, as the engine says it.
const (
	dockerRefuses = "refused"
	dockerJudges  = "for some arguments"
)

func (v callsView) counts() callCounts {
	var n callCounts
	for _, g := range v.groups {
		for _, c := range g.Calls {
			switch {
			case g.Refused:
				n.refused++
				if c.Security {
					n.guards++
				}
				continue
			case c.Docker == "":
				n.foreign++
			case c.Docker == dockerRefuses:
				n.beyond++
			default:
				n.kept++
			}
			n.allowed++
		}
	}
	return n
}

// of is how many calls Docker's default allows.
func (n callCounts) of() int { return n.kept + n.refused }

func (n callCounts) words() string {
	return fmt.Sprintf("allows %d of the %d calls of Docker's default", n.kept, n.of())
}

// summary says the same as a bar, with how many protections that is.
func (n callCounts) summary(w int) []contentRow {
	bar := min(30, w/4)
	kept := 0
	if n.of() > 0 {
		kept = max((n.kept*bar+n.of()/2)/n.of(), min(n.kept, 1))
	}
	l := as(accent, repeated("█", kept)).and(muted, repeated("░", bar-kept)+"  ")
	l = l.and(strong, fmt.Sprintf("%d of %d", n.kept, n.of())).and(normal, " stay, ")
	l = l.and(strong, fmt.Sprint(n.refused)).and(normal, " taken away")
	if n.guards > 0 {
		l = l.and(muted, ", ").and(warning, fmt.Sprintf("▲ %d", n.guards)).and(normal, " security-relevant")
	}
	return []contentRow{fixed(l), {}}
}

// grouped are the calls by the reason for which they are allowed; those that are refused
// come last.
func (v callsView) grouped() []contentRow {
	out := v.counts().summary(v.w)
	for i, g := range v.groups {
		if i > 0 {
			out = append(out, contentRow{})
		}
		if g.Refused {
			out = append(out, groupHead(bad, "✗", g.Title, len(g.Calls), v.w)...)
		} else {
			out = append(out, groupHead(good, "✓", g.Title, len(g.Calls), v.w)...)
		}
		for _, c := range g.Calls {
			out = append(out, v.call(c)...)
		}
	}
	return out
}

// groupHead is the heading of calls or rules; n goes from one to the next.
func groupHead(r role, sign, title string, n, w int) []contentRow {
	rows := indented(as(r, sign), heading, title, 2, w-6)
	rows[len(rows)-1] = rows[len(rows)-1].and(muted, fmt.Sprintf("  %d", n))
	out := make([]contentRow, len(rows))
	for i, row := range rows {
		out[i] = fixed(row)
	}
	out[0].stop = true
	return out
}

// nameWidth is the room of a call's name, with its sign.
func (v callsView) nameWidth() int {
	longest := 0
	for _, g := range v.groups {
		for _, c := range g.Calls {
			longest = max(longest, width(clean(c.Name)))
		}
	}
	return min(longest, 18, v.w/3) + 2
}

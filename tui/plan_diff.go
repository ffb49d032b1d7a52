package tui

import (
	"fmt"
	"slices"
	"strings"

	"batten/internal/engine"
	"batten/plan"
)

// planDiff is the pane with the lines of the compose files that one decision changes.
type planDiff struct {
	prose
	of   *planScreen
	made detailStamp
}

func (p *planDiff) title(*model) string { return "Diff of this decision" }

func (p *planDiff) lines(m *model, w, h int, _ bool) []line {
	p.of.sync(m)
	now := detailStamp{p.of.view.made, p.of.rowName(), w}
	if now != p.made {
		p.set(p.of.diffLines(m, w))
		if now.row != p.made.row {
			p.end(false)
		}
		p.made = now
	}
	return p.draw(w, h)
}

// diffLines is the difference that the current decision makes, or why there is none.
func (s *planScreen) diffLines(m *model, w int) []line {
	d := s.current()
	if d == nil {
		return wrap(muted, "on a finding, this shows the lines that it changes", w)
	}
	out := decisionDiff(m.hardening.Files, d.Finding.ID())
	if out != nil {
		if m.planning > 0 {
			out = append(wrap(muted, "as it was before the last decision; planning anew", w), out...)
		}
		return out
	}
	switch fix := d.Finding.Fix; {
	case fix == nil:
		return wrap(muted, "batten changes nothing for this: a person has to", w)
	case fix.Blocked != "":
		return wrap(muted, "nothing is changed while this is blocked: "+fix.Blocked, w)
	case !d.Apply:
		return append(wrap(muted, "left as it is; applied, it would:", w), changeLines(fix, plan.Rule{}, w)...)
	}
	return wrap(muted, "no line of a compose file: what it makes is in files beside it, on screen 4", w)
}

// decisionDiff are the changed lines of all files that a finding stands behind, with the
// keys that they are under.
func decisionDiff(files []engine.FileChange, id string) []line {
	var out []line
	for _, f := range files {
		var found []line
		for _, h := range f.Hunks {
			if slices.Contains(h.Findings, id) {
				found = append(found, hunkLines(h, id)...)
			}
		}
		if found != nil {
			out = append(out, as(muted, "in ").and(strong, f.Path))
			out = append(out, found...)
		}
	}
	return out
}

// hunkLines are the lines of a hunk that a finding stands behind.
func hunkLines(h engine.Hunk, id string) []line {
	var out []line
	shown := -1 // last line of the hunk that is shown
	numbers := newNumbers(h)
	for i, l := range h.Lines {
		if !slices.Contains(l.Findings, id) {
			continue
		}
		for _, n := range above(h.Lines, i) {
			if n > shown {
				out = append(out, decisionRow(numbers[n], " ", h.Lines[n].Text))
				shown = n
			}
		}
		out = append(out, decisionRow(numbers[i], l.Kind, l.Text))
		shown = i
	}
	return out
}

// newNumbers are the numbers of a hunk's lines in the new file, "" for those that are not
// in it.
func newNumbers(h engine.Hunk) []string {
	out := make([]string, len(h.Lines))
	n := h.NewStart
	for i, l := range h.Lines {
		if l.Kind != "-" {
			out[i] = fmt.Sprint(n)
			n++
		}
	}
	return out
}

var diffRoles = map[string]role{"+": good, "-": bad, " ": muted}

func decisionRow(number, kind, text string) line {
	return as(muted, fmt.Sprintf("%4s ", number)).and(diffRoles[kind], kind+" "+text)
}

// above are the lines of a hunk that a line is nested in, outermost first, as far as the
// hunk shows them.
func above(lines []engine.DiffLine, i int) []int {
	var out []int
	depth := indentation(lines[i].Text)
	for n := i - 1; n >= 0 && depth > 0; n-- {
		if lines[n].Kind == "-" || strings.TrimSpace(lines[n].Text) == "" {
			continue
		}
		if d := indentation(lines[n].Text); d < depth {
			out, depth = append(out, n), d
		}
	}
	slices.Reverse(out)
	return out
}

func indentation(text string) int { return len(text) - len(strings.TrimLeft(text, " ")) }

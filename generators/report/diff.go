package report

import "batten/plan"

// Hunk is a run of changed lines with some unchanged ones around them.
type Hunk struct {
	Old      string   `json:"old"` // names of the files
	New      string   `json:"new"`
	OldStart int      `json:"oldStart"` // 1-based; of an empty run, the line before it
	OldCount int      `json:"oldCount"`
	NewStart int      `json:"newStart"`
	NewCount int      `json:"newCount"`
	Lines    []Line   `json:"lines"`
	Findings []string `json:"findings"` // behind any of the lines, in their order
}

// Line is one line of a hunk.
type Line struct {
	Kind string `json:"kind"` // " ", "+" or "-"
	Text string `json:"text"` // without the line feed; secrets are masked
	// NoEnd tells that the file ends here without a line feed.
	NoEnd    bool     `json:"noEnd,omitempty"`
	Findings []string `json:"findings,omitempty"`
}

// context is how many unchanged lines are shown around changes.
const context = 3

// Diff gives the difference of two texts in hunks, with the findings behind each
// changed line; why is of the new text. The mask is given each line and takes values
// of secrets out of it; nil leaves lines as they are.
func Diff(oldName, newName string, old, new []byte, why []plan.LineReason, mask func(string) string) []Hunk {
	d := differ{old: splitLines(old), new: splitLines(new), reasons: indexReasons(why), mask: mask}
	all := blocks(d.old, d.new)
	var out []Hunk
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].oldFrom-all[n-1].oldTo <= 2*context {
			n++
		}
		h := d.hunk(all[:n])
		h.Old, h.New = oldName, newName
		out = append(out, h)
		all = all[n:]
	}
	return out
}

type differ struct {
	old, new []string
	reasons  reasons
	mask     func(string) string
	named    map[string]bool // findings of the hunk that is being made
}

// hunk shows blocks that stand close together.
func (d *differ) hunk(all []block) Hunk {
	d.named = map[string]bool{}
	first, last := all[0], all[len(all)-1]
	from := max(0, first.oldFrom-context)
	to := min(len(d.old), last.oldTo+context)
	h := Hunk{OldStart: from + 1, NewStart: first.newFrom - (first.oldFrom - from) + 1, Findings: []string{}}
	at := from
	for _, b := range all {
		d.add(&h, " ", d.old[at:b.oldFrom], nil)
		both := d.reasons.of(b)
		for _, line := range d.old[b.oldFrom:b.oldTo] {
			d.add(&h, "-", []string{line}, both)
		}
		for i, line := range d.new[b.newFrom:b.newTo] {
			d.add(&h, "+", []string{line}, d.reasons.ofLine(b.newFrom+i+1))
		}
		at = b.oldTo
	}
	d.add(&h, " ", d.old[at:to], nil)
	if h.OldCount == 0 {
		h.OldStart--
	}
	if h.NewCount == 0 {
		h.NewStart--
	}
	return h
}

func (d *differ) add(h *Hunk, kind string, lines []string, findings []string) {
	for _, line := range lines {
		text, ended := cutEnd(line)
		if d.mask != nil {
			text = d.mask(text)
		}
		h.Lines = append(h.Lines, Line{Kind: kind, Text: text, NoEnd: !ended, Findings: findings})
		if kind != "+" {
			h.OldCount++
		}
		if kind != "-" {
			h.NewCount++
		}
	}
	for _, f := range findings {
		if !d.named[f] {
			d.named[f] = true
			h.Findings = append(h.Findings, f)
		}
	}
}

func cutEnd(line string) (text string, ended bool) {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		return line[:n-1], true
	}
	return line, false
}

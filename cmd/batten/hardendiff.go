package main

import (
	"fmt"

	"batten/internal/engine"
	"batten/internal/terminal"
	"batten/plan"
)

// printDiffs prints what would change in the compose files. The findings behind a
// hunk stand before its head, where patch takes them for remarks.
func (a *app) printDiffs(h *engine.Hardening) {
	st := a.style()
	findings := map[string]plan.Decision{}
	for _, d := range h.Plan.Decisions {
		findings[d.Finding.ID()] = d
	}
	for _, f := range h.Files {
		if len(f.Hunks) == 0 {
			continue
		}
		fmt.Fprintf(a.stdout, "%s\n%s\n", st.Bold("--- "+terminal.Safe(f.From)), st.Bold("+++ "+terminal.Safe(f.Path)))
		said := map[string]bool{}
		for _, hunk := range f.Hunks {
			for _, id := range hunk.Findings {
				if d, ok := findings[id]; ok && d.Finding.Fix != nil {
					a.printRemark(d.Finding, !said[id])
					said[id] = true
				}
			}
			fmt.Fprintln(a.stdout, st.Accent(fmt.Sprintf("@@ -%d,%d +%d,%d @@", hunk.OldStart, hunk.OldCount, hunk.NewStart, hunk.NewCount)))
			for _, line := range hunk.Lines {
				a.printDiffLine(line)
			}
		}
		fmt.Fprintln(a.stdout)
	}
	a.printLimits(h)
}

// printRemark prints a finding's fix, and the first fact that it rests on.
func (a *app) printRemark(f plan.Finding, first bool) {
	text := f.ID() + ": " + f.Fix.Summary
	if first && len(f.Evidence) > 0 {
		text += ": " + f.Evidence[0].Text
	}
	a.printWrapped(a.style().Muted, "# ", "#   ", terminal.Safe(text))
}

func (a *app) printDiffLine(line engine.DiffLine) {
	st := a.style()
	text := line.Kind + terminal.Safe(line.Text)
	switch line.Kind {
	case "+":
		text = st.Ok(text)
	case "-":
		text = st.Bad(text)
	}
	fmt.Fprintln(a.stdout, text)
	if line.NoEnd {
		fmt.Fprintln(a.stdout, st.Muted(`\ No newline at end of file`))
	}
}

// printLimits prints the limits that go to a file of their own, which is compared
// with nothing.
func (a *app) printLimits(h *engine.Hardening) {
	state := engine.StateSame
	for _, f := range h.Files {
		if f.Path == engine.LimitsFile {
			state = f.State
		}
	}
	if state == engine.StateSame {
		return
	}
	for _, d := range h.Plan.Applied() {
		if f := d.Finding; f.Rule == "B030" && len(f.Fix.Changes) == 0 && f.Fix.Value != "" {
			text := fmt.Sprintf("%s: at most %s processes, in %s", plan.ID(f.Rule, f.Service, ""), f.Fix.Value, engine.LimitsFile)
			a.printWrapped(a.style().Muted, "# ", "#   ", terminal.Safe(text))
		}
	}
	fmt.Fprintln(a.stdout)
}

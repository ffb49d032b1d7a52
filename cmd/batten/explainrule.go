package main

import (
	"fmt"
	"strings"

	"batten/internal/engine"
	"batten/internal/terminal"
	"batten/plan"
)

// classes say in words what sort of fix a rule has.
var classes = map[plan.Class]string{
	plan.Certain:  "one unambiguous edit",
	plan.Measured: "needs a value that was measured",
	plan.Choice:   "changes what the service offers, and is yours to choose",
	plan.Advice:   "reported and explained, not changed",
}

// printRule prints what a rule is about, and where it is not met here.
func (a *app) printRule(x engine.Explanation) {
	st, r := a.style(), x.Rule
	fmt.Fprintf(a.stdout, "%s  %s\n", st.Bold(terminal.Safe(x.Name)), r.Title)
	t := table{paint: []func(string) string{st.Muted}, width: a.lineWidth(), wrap: true}
	t.add("severity", string(r.Severity))
	t.add("fix", classes[r.Class])
	for i, s := range r.Sources {
		name := ""
		if i == 0 {
			name = "from"
		}
		t.add(name, strings.TrimSpace(s.Name+" "+s.Item))
	}
	t.write(a.stdout, "  ")
	for _, part := range []struct{ title, text string }{{"why", r.Why}, {"what changes", r.Fix}, {"what can break", r.Breaks}} {
		if part.text == "" {
			continue
		}
		fmt.Fprintf(a.stdout, "\n  %s\n", st.Muted(part.title))
		for _, line := range wrap(strings.Fields(part.text), "", a.proseWidth()-4) {
			fmt.Fprintf(a.stdout, "    %s\n", line)
		}
	}
	fmt.Fprintln(a.stdout)
	if len(r.Findings) == 0 {
		fmt.Fprintf(a.stdout, "  %s\n", st.Muted("nothing found in the project of this folder"))
	}
	for _, d := range r.Findings {
		a.printDecision(d)
	}
}

// proseWidth is for paragraphs, which nobody reads as one line.
func (a *app) proseWidth() int {
	if width := a.lineWidth(); width > 0 {
		return width
	}
	return 100
}

// printDecision prints a finding with its evidence and what is done about it.
func (a *app) printDecision(d plan.Decision) {
	st, f := a.style(), d.Finding
	where := ""
	if len(f.At) > 0 {
		where = fmt.Sprintf("%s:%d", f.At[0].File, f.At[0].Line)
	}
	fmt.Fprintf(a.stdout, "  %s  %s\n", st.Accent(terminal.Safe(f.ID())), st.Muted(terminal.Safe(where)))
	a.printWrapped(plain, "    ", "    ", terminal.Safe(f.Message))
	t := table{paint: []func(string) string{st.Muted}, width: a.lineWidth(), wrap: true}
	for _, e := range f.Evidence {
		t.add(e.From, terminal.Safe(e.Text))
	}
	if f.Fix != nil {
		verb := "not done"
		if d.Apply {
			verb = "done"
		}
		t.add(verb, terminal.Safe(f.Fix.Summary))
		if f.Fix.Risk != "" {
			t.add("risk", terminal.Safe(f.Fix.Risk))
		}
	}
	if d.Reason != "" {
		t.add("because", terminal.Safe(d.Reason))
	}
	if f.Fix != nil && f.Fix.Measure != "" && !d.Apply {
		t.add("measure", terminal.Safe(f.Fix.Measure))
	}
	t.write(a.stdout, "    ")
}

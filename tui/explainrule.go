package tui

import (
	"fmt"
	"strings"

	"batten/internal/engine"
	"batten/plan"
)

// classWords say what sort of fix a rule has.
var classWords = map[plan.Class]string{
	plan.Certain:  "one unambiguous edit",
	plan.Measured: "needs a value that was measured",
	plan.Choice:   "changes what the service offers, and is yours to choose",
	plan.Advice:   "reported and explained, not changed",
}

// explainedRule lays out a rule, or one finding of it, with where it is not met here.
func (m *model) explainedRule(x engine.Explanation, w int) []line {
	r := x.Rule
	out := wrap(strong, r.Title, w)
	out = append(out, nil)
	out = append(out, indented(as(muted, "severity"), severityRole(r.Severity), severityText(r.Severity), labelWidth, w)...)
	out = append(out, labelled("fix", normal, classWords[r.Class], w)...)
	out = append(out, sourceLines(r.Sources, w)...)
	for _, part := range []struct{ head, text string }{{"why it matters", r.Why}, {"what batten changes", r.Fix}, {"what that can break", r.Breaks}} {
		if part.text != "" {
			out = append(out, section(part.head, wrap(normal, part.text, w))...)
		}
	}
	out = append(out, nil, as(heading, "findings here"))
	findings := m.findings(x)
	if len(findings) == 0 {
		return append(out, as(muted, "none in this project"))
	}
	for i, d := range findings {
		if i == maxExplained {
			return append(out, as(muted, fmt.Sprintf("and %d more, on screen 3", len(findings)-i)))
		}
		out = append(out, m.explainedFinding(d, w)...)
	}
	return out
}

// maxExplained bounds the findings of a rule that are told with it.
const maxExplained = 200

// findings are those that a rule's name, or a finding's, is about, as they are in this
// session: the engine explains with the decisions on disk alone.
func (m *model) findings(x engine.Explanation) []plan.Decision {
	p := m.plan()
	if p == nil {
		return x.Rule.Findings
	}
	rule, service, key := plan.ParseID(x.Name)
	var out []plan.Decision
	for _, d := range p.Decisions {
		f := d.Finding
		if f.Rule == rule && (service == "" || f.Service == service) && (key == "" || f.Key == key) {
			out = append(out, d)
		}
	}
	return out
}

func (m *model) explainedFinding(d plan.Decision, w int) []line {
	f := d.Finding
	mark := m.markOf(d)
	out := []line{as(mark.role, mark.sign).and(normal, " ").and(strong, f.ID()).and(muted, "  "+whereText(f.At))}
	out = append(out, below("found", f.Message, w)...)
	for _, e := range f.Evidence {
		out = append(out, below("", e.Text+" ("+e.From+")", w)...)
	}
	if f.Fix != nil {
		out = append(out, below(mark.word, f.Fix.Summary, w)...)
		out = append(out, below("risk", f.Fix.Risk, w)...)
	}
	return append(out, below("because", d.Reason, w)...)
}

// sourceLines are where a rule comes from, one a line.
func sourceLines(sources []plan.Source, w int) []line {
	var out []line
	for i, s := range sources {
		label := ""
		if i == 0 {
			label = "from"
		}
		out = append(out, labelled(label, normal, strings.TrimSpace(s.Name+" "+s.Item), w)...)
	}
	return out
}

// whereText is the first place where a finding stands.
func whereText(at []plan.Position) string {
	if len(at) == 0 {
		return ""
	}
	return fmt.Sprintf("%s:%d", at[0].File, at[0].Line)
}

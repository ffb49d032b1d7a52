package report

import (
	"fmt"
	"strings"

	"batten/plan"
	"batten/project"
)

// Input is what a report is about.
type Input struct {
	Project *project.Project
	Plan    *plan.Plan
	Rules   []plan.Rule
	// Before and After are the networks as the source has them and as the hardened
	// file does.
	Before, After Layout
	// Refused are applied decisions of which the compose file's editor could not make
	// an edit.
	Refused []Refusal
	// AppArmor are the profiles that were made.
	AppArmor []Confinement
	// Files are the paths of what batten wrote, relative to the project's folder.
	Files []string
	// Hardened is the compose file that was written, relative to the project's
	// folder; InPlace tells that the user's own files were changed instead.
	Hardened string
	InPlace  bool
	// Mask takes values of secrets out of text; nil when there are none.
	Mask func(string) string
}

// Refusal is a decision that the file could not be edited for, and why.
type Refusal struct {
	Finding string // its ID
	Reason  string
}

// Report is the page for whoever reviews the change: what changed, why, and what is
// left, in Markdown.
func Report(in Input) []byte {
	r := newReport(in)
	r.summary()
	r.networks()
	r.changes()
	r.left()
	r.confinement()
	r.dialect()
	r.secrets()
	r.files()
	r.background()
	return []byte(r.b.String())
}

// report is one being written.
type report struct {
	Input
	b       strings.Builder
	rules   map[string]plan.Rule
	order   []string            // of the rules
	refused map[string]string   // reasons by finding
	points  map[string][2]int   // scores by service
	used    map[string]struct{} // rules that the report speaks of
}

func newReport(in Input) *report {
	r := &report{Input: in, rules: map[string]plan.Rule{}, refused: map[string]string{}, points: map[string][2]int{}, used: map[string]struct{}{}}
	if r.Mask == nil {
		r.Mask = func(s string) string { return s }
	}
	for _, rule := range in.Rules {
		r.rules[rule.ID] = rule
		r.order = append(r.order, rule.ID)
	}
	for _, one := range in.Refused {
		r.refused[one.Finding] = one.Reason
	}
	for _, s := range in.Plan.Scores {
		r.points[s.Service] = [2]int{s.Before, s.After}
	}
	return r
}

// applied tells whether a decision is in the file.
func (r *report) applied(d plan.Decision) bool {
	_, refused := r.refusal(d)
	return d.Apply && !refused
}

// refusal is why the file could not be edited for a decision.
func (r *report) refusal(d plan.Decision) (reason string, refused bool) {
	if len(r.refused) > 0 { // hardly ever: no ID is put together for nothing
		reason, refused = r.refused[d.Finding.ID()]
	}
	return reason, refused
}

func (r *report) printf(format string, args ...any) { fmt.Fprintf(&r.b, format, args...) }

// paragraph is a wrapped one, with an empty line after it.
func (r *report) paragraph(format string, args ...any) {
	r.b.WriteString(wrap(fmt.Sprintf(format, args...), ""))
	r.b.WriteByte('\n')
}

// item is one of a list; depth 1 is inside another.
func (r *report) item(depth int, format string, args ...any) {
	indent := strings.Repeat("  ", depth)
	r.b.WriteString(indent + "- " + wrap(fmt.Sprintf(format, args...), indent+"  "))
}

// text is what others wrote, without secrets, in a sentence; name is a name of
// theirs as code.
func (r *report) text(s string) string { return prose(r.Mask(s)) }
func (r *report) name(s string) string { return code(r.Mask(s)) }

// link leads to what the report says of a rule.
func (r *report) link(rule string) string {
	if _, ok := r.rules[rule]; !ok {
		return prose(rule)
	}
	r.used[rule] = struct{}{}
	return fmt.Sprintf("[%s](#%s)", rule, strings.ToLower(rule))
}

func (r *report) title(rule string) string {
	if one, ok := r.rules[rule]; ok {
		return one.Title
	}
	return "a rule that this batten does not know"
}

// sources are a rule's on one line.
func sources(rule plan.Rule) string {
	var out []string
	for _, s := range rule.Sources {
		if s.Item == "" {
			out = append(out, s.Name)
			continue
		}
		out = append(out, s.Name+", "+s.Item)
	}
	return strings.Join(out, "; ")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

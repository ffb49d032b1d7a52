package report

import (
	"fmt"
	"slices"
	"strings"

	"batten/plan"
)

// changes lists what was applied: by service, then by rule.
func (r *report) changes() {
	r.printf("## What changed, and why\n\n")
	service, rule, none := "", "", true
	for i, d := range r.Plan.Decisions {
		if !r.applied(d) {
			continue
		}
		f := d.Finding
		if none || f.Service != service {
			if !none {
				r.b.WriteByte('\n')
			}
			r.serviceHead(f.Service)
			rule = ""
		}
		if f.Rule != rule {
			if rule != "" {
				r.b.WriteByte('\n')
			}
			r.ruleHead(f, r.pointsOf(i))
		}
		none, service, rule = false, f.Service, f.Rule
		r.change(d)
	}
	if none {
		r.paragraph("Nothing.")
		return
	}
	r.b.WriteByte('\n')
}

func (r *report) serviceHead(service string) {
	if service == "" {
		r.printf("### The project\n\n")
		return
	}
	r.printf("### %s", r.name(service))
	if p, ok := r.points[service]; ok {
		r.printf(": %s", arrow(p[0], p[1]))
	}
	r.printf("\n\n")
}

// pointsOf adds up what the decisions of one rule in one service are worth.
func (r *report) pointsOf(at int) int {
	first, sum := r.Plan.Decisions[at].Finding, 0
	for _, d := range r.Plan.Decisions[at:] {
		if d.Finding.Rule != first.Rule || d.Finding.Service != first.Service {
			break
		}
		if r.applied(d) {
			sum += d.Points
		}
	}
	return sum
}

func (r *report) ruleHead(f plan.Finding, points int) {
	r.printf("#### %s %s\n\n", r.link(f.Rule), r.title(f.Rule))
	line := fmt.Sprint("Severity ", f.Severity)
	if points > 0 {
		line += fmt.Sprintf(", %s of the score", count(points, "point", "points"))
	}
	r.paragraph("%s.", line)
}

func (r *report) change(d plan.Decision) {
	f := d.Finding
	r.item(0, "%s", r.text(f.Message))
	if f.Fix != nil {
		what := "Changed: " + r.text(f.Fix.Summary)
		if !says(f.Fix.Summary, f.Fix.Value) {
			what += " (" + r.name(f.Fix.Value) + ")"
		}
		r.item(1, "%s", what)
	}
	if d.By != plan.ByDefault {
		said := "Decided by " + map[plan.By]string{plan.ByUser: "you", plan.BySettings: "`batten.yaml`"}[d.By]
		if d.Reason != "" {
			said += ": " + r.text(d.Reason)
		}
		r.item(1, "%s", said)
	}
	r.evidence(f)
	if f.Fix == nil {
		return
	}
	if f.Fix.Risk != "" {
		r.item(1, "May break: %s", r.text(f.Fix.Risk))
	}
	for _, note := range f.Fix.Notes {
		r.item(1, "Note: %s", r.text(note))
	}
}

// says tells that a summary names a value already: all of its parts, where it is a
// list. What is none of a list is said by that, too.
func says(summary, value string) bool {
	if value == "none" {
		return true
	}
	words := strings.FieldsFunc(summary, func(c rune) bool { return c == ' ' || c == ',' || c == ';' })
	for _, part := range strings.FieldsFunc(value, func(c rune) bool { return c == ' ' || c == ',' || c == ';' }) {
		if !slices.Contains(words, part) {
			return false
		}
	}
	return true
}

// evidence says where a finding stands and on what it rests.
func (r *report) evidence(f plan.Finding) {
	for _, at := range f.At {
		if at.File != "" {
			r.item(1, "Where: %s line %d", r.name(at.File), at.Line)
		}
	}
	for _, e := range f.Evidence {
		r.item(1, "Evidence (%s): %s", prose(e.From), r.text(e.Text))
	}
}

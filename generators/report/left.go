package report

import (
	"batten/plan"
)

// leftover is a reason for which something was not done, in the report's order.
type leftover struct {
	title, intro string
	is           func(r *report, d plan.Decision) bool
}

// leftovers: the first that fits counts.
var leftovers = []leftover{
	{"Could not be written", "The decision was to apply these, but the file is written in a way in which the edit was not safe. Make them by hand, or write the file more simply and run batten again.",
		func(r *report, d plan.Decision) bool {
			_, refused := r.refused[d.Finding.ID()]
			return refused || d.Apply
		}},
	{"For you to decide and do", "batten reports these and cannot fix them.",
		func(r *report, d plan.Decision) bool { return d.Finding.Fix == nil && !skipped(d) }},
	{"Skipped on your word", "",
		func(r *report, d plan.Decision) bool { return skipped(d) }},
	{"Not possible yet", "A value is missing that nobody measured, or something stands in the way. A guess could break the service, so none was made.",
		func(r *report, d plan.Decision) bool { return d.Finding.Fix.Blocked != "" }},
	{"Off unless chosen", "These change what a service offers, and only you know whether that is wanted. The command applies one.",
		func(r *report, d plan.Decision) bool { return true }},
}

// skipped tells that the user wants a finding left as it is.
func skipped(d plan.Decision) bool {
	return !d.Apply && (d.By == plan.ByUser || d.By == plan.BySettings)
}

// left lists what was not applied, by the reason for that.
func (r *report) left() {
	groups := make([][]plan.Decision, len(leftovers))
	total := 0
	for _, d := range r.Plan.Decisions {
		if r.applied(d) {
			continue
		}
		total++
		for i, l := range leftovers {
			if l.is(r, d) {
				groups[i] = append(groups[i], d)
				break
			}
		}
	}
	r.printf("## What is left\n\n")
	if total == 0 {
		r.paragraph("Nothing.")
	}
	for i, l := range leftovers {
		if len(groups[i]) == 0 {
			continue
		}
		r.printf("### %s\n\n", l.title)
		if l.intro != "" {
			r.paragraph("%s", l.intro)
		}
		for _, d := range groups[i] {
			r.leftItem(d)
		}
		r.b.WriteByte('\n')
	}
}

func (r *report) leftItem(d plan.Decision) {
	f := d.Finding
	where := "the project"
	if f.Service != "" {
		where = r.name(f.Service)
	}
	r.item(0, "%s %s, %s: %s", r.link(f.Rule), where, f.Severity, r.text(f.Message))
	if reason, ok := r.refused[f.ID()]; ok {
		r.item(1, "Why not: %s", r.text(reason))
	} else if d.Reason != "" && d.Reason != defaultReasons[f.Fix == nil] {
		r.item(1, "Why not: %s", r.text(d.Reason))
	}
	if f.Fix == nil {
		r.evidence(f)
		return
	}
	r.item(1, "Would change: %s", r.text(f.Fix.Summary))
	if d.Points > 0 {
		r.item(1, "Worth %s of the score", count(d.Points, "point", "points"))
	}
	if f.Fix.Risk != "" {
		r.item(1, "May break: %s", r.text(f.Fix.Risk))
	}
	_, refused := r.refused[f.ID()]
	if !refused && f.Fix.Measure != "" {
		r.item(1, "To measure it: %s", r.name(f.Fix.Measure))
	}
	if !refused && f.Fix.Blocked == "" && !d.Apply {
		r.item(1, "To apply it: %s", r.name("batten harden --write --apply "+shell(f.ID())))
	}
}

// defaultReasons are those that the head of a group says already.
var defaultReasons = map[bool]string{true: "a person has to decide and do this", false: "off unless chosen"}

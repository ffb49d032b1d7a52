package report

import (
	"fmt"
	"strings"

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
			_, refused := r.refusal(d)
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
		for _, same := range fold(groups[i]) {
			r.leftItem(same)
		}
		r.b.WriteByte('\n')
	}
}

// fold puts findings together that a person has to deal with and that say the same
// of several services, each at the place of its first.
func fold(all []plan.Decision) [][]plan.Decision {
	var out [][]plan.Decision
	at := map[string]int{}
	for _, d := range all {
		f := d.Finding
		if f.Fix != nil || f.Service == "" {
			out = append(out, []plan.Decision{d})
			continue
		}
		key := fmt.Sprintf("%q", []any{f.Rule, f.Key, f.Severity, f.Message, f.Evidence, d.By, d.Reason})
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], d)
	}
	return out
}

// leftItem is about one decision, or about several that say the same.
func (r *report) leftItem(same []plan.Decision) {
	d := same[0]
	f := d.Finding
	where := "the project"
	if f.Service != "" {
		names := make([]string, len(same))
		for i, one := range same {
			names[i] = r.name(one.Finding.Service)
		}
		where = strings.Join(names, ", ")
	}
	f.At = nil
	for _, one := range same {
		f.At = append(f.At, one.Finding.At...)
	}
	r.item(0, "%s %s, %s: %s", r.link(f.Rule), where, f.Severity, r.text(f.Message))
	reason, refused := r.refusal(d)
	if refused {
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
	if !refused && f.Fix.Measure != "" {
		r.item(1, "To measure it: %s", r.name(f.Fix.Measure))
	}
	if !refused && f.Fix.Blocked == "" && !d.Apply {
		r.item(1, "To apply it: %s", r.name("batten harden --write --apply "+shell(f.ID())))
	}
}

// defaultReasons are those that the head of a group says already.
var defaultReasons = map[bool]string{true: "a person has to decide and do this", false: "off unless chosen"}

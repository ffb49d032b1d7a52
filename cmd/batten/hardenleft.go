package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"batten/internal/terminal"
	"batten/plan"
)

// maxLeft bounds how many open findings below high are listed; the report has all.
const maxLeft = 25

// left are the findings that are not fixed, by how they are told.
type left struct {
	listed     []plan.Decision
	unmeasured []plan.Decision // a recording would give the value
	others     []plan.Decision // of services that were not asked for
	asked      string          // why those are left
}

// leftOf sorts the findings of low severity and above. One that is high is listed in
// any case, unless another service was asked for.
func leftOf(p *plan.Plan) left {
	var out left
	outside := map[string]bool{}
	for _, d := range p.Decisions {
		if notAsked(d) {
			outside[d.Finding.Service], out.asked = true, d.Reason
		}
	}
	delete(outside, "") // findings of the whole project differ in that
	for _, d := range worstFirst(p.Decisions) {
		f := d.Finding
		switch {
		case d.Apply || !f.Severity.AtLeast(plan.Low):
		case notAsked(d), outside[f.Service]:
			out.others = append(out.others, d)
		case !f.Severity.AtLeast(plan.High) && unmeasured(d) && strings.HasPrefix(f.Fix.Measure, plan.MeasureCommand("")):
			out.unmeasured = append(out.unmeasured, d)
		default:
			out.listed = append(out.listed, d)
		}
	}
	return out
}

// notAsked tells that a finding is left because of the services on the command line.
func notAsked(d plan.Decision) bool {
	return !d.Apply && d.By == plan.ByUser && strings.HasPrefix(d.Reason, "only ") && strings.HasSuffix(d.Reason, " was asked for")
}

// unmeasured tells that a finding waits for a command that would give its value: a
// recording, or having the image.
func unmeasured(d plan.Decision) bool {
	fix := d.Finding.Fix
	return fix != nil && fix.Measure != "" && fix.Blocked != "" && d.Reason == fix.Blocked
}

// printLeft lists the findings that are not fixed, and why.
func (a *app) printLeft(p *plan.Plan, written bool) {
	st, l := a.style(), leftOf(p)
	t := table{paint: []func(string) string{st.Warn, st.Accent}, width: a.lineWidth(), wrap: true}
	for i, d := range l.listed {
		if i < maxLeft || d.Finding.Severity.AtLeast(plan.High) {
			t.add(string(d.Finding.Severity), terminal.Safe(d.Finding.ID()), terminal.Safe(d.Finding.Message+whyLeft(d)))
		}
	}
	if n := len(t.rows); n > 0 {
		fmt.Fprintf(a.stdout, "  left as %s:\n", isAre(len(l.listed)))
		t.write(a.stdout, "    ")
		if more := len(l.listed) - n; more > 0 {
			where := "the report that --write makes"
			if written {
				where = a.folder + "/REPORT.md"
			}
			fmt.Fprintf(a.stdout, "    and %d more, in %s\n", more, where)
		}
	}
	a.printUnmeasured(l.unmeasured, p)
	if len(l.others) > 0 {
		text := fmt.Sprintf("%s: %s of %s left out", l.asked, plural(len(l.others), "finding", "findings"), strings.Join(servicesOf(l.others), ", "))
		a.printWrapped(plain, "  ", "    ", terminal.Safe(text))
	}
}

// whyLeft says why a finding is left, and how to choose otherwise.
func whyLeft(d plan.Decision) string {
	fix := d.Finding.Fix
	switch {
	case !d.Apply && (d.By == plan.ByUser || d.By == plan.BySettings):
		if d.Reason == "" {
			return "; skipped"
		}
		return "; skipped: " + d.Reason
	case fix == nil:
		return ""
	case unmeasured(d):
		return " (" + d.Reason + ": " + fix.Measure + ")"
	case fix.Off && fix.Blocked == "":
		return "; off unless chosen: --apply " + terminal.SafeArgs([]string{d.Finding.ID()}) + " (" + choosing(fix) + ")"
	case d.Reason != "":
		return " (" + d.Reason + ")"
	}
	return ""
}

// choosing is what applying a fix does. A summary that is a line of YAML lacks the
// verb.
func choosing(fix *plan.Fix) string {
	if key, _, yaml := strings.Cut(fix.Summary, ": "); yaml && !strings.Contains(key, " ") {
		return "set " + fix.Summary
	}
	return fix.Summary
}

// printUnmeasured folds the findings that wait for a recording: the services that
// lack the same rules are one line.
func (a *app) printUnmeasured(decisions []plan.Decision, p *plan.Plan) {
	if len(decisions) == 0 {
		return
	}
	rules := map[string][]string{}
	for _, d := range decisions {
		service := owner(d)
		rules[service] = append(rules[service], d.Finding.Rule)
	}
	services := map[string][]string{}
	for _, service := range slices.Sorted(maps.Keys(rules)) {
		slices.Sort(rules[service])
		set := strings.Join(slices.Compact(rules[service]), " ")
		services[set] = append(services[set], service)
	}
	fmt.Fprintf(a.stdout, "  not measured yet: %s\n", a.style().Bold(measureAll(decisions, p)))
	for _, set := range slices.Sorted(maps.Keys(services)) {
		a.printWrapped(plain, "    ", "      ", terminal.Safe(set+" in "+strings.Join(services[set], ", ")))
	}
}

// measureAll is one command that makes all recordings that findings wait for. Without
// names it records every service.
func measureAll(decisions []plan.Decision, p *plan.Plan) string {
	all := plan.MeasureCommand("")
	wanted := map[string]bool{}
	for _, d := range decisions {
		for _, name := range strings.Fields(strings.TrimPrefix(d.Finding.Fix.Measure, all)) {
			wanted[name] = true
		}
	}
	if len(wanted) == len(p.Scores) {
		return strings.TrimSpace(all)
	}
	return terminal.SafeArgs(append(strings.Fields(all), slices.Sorted(maps.Keys(wanted))...))
}

// owner is the service of a finding, in words.
func owner(d plan.Decision) string {
	if d.Finding.Service == "" {
		return "the project"
	}
	return d.Finding.Service
}

// servicesOf names the services of findings; the project comes last.
func servicesOf(decisions []plan.Decision) []string {
	names := map[string]bool{}
	whole := false
	for _, d := range decisions {
		if d.Finding.Service == "" {
			whole = true
		} else {
			names[d.Finding.Service] = true
		}
	}
	out := slices.Sorted(maps.Keys(names))
	if whole {
		out = append(out, "the project")
	}
	return out
}

func isAre(n int) string {
	if n == 1 {
		return "it is"
	}
	return "they are"
}

package rules

import (
	"fmt"
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

func detectDrop(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		if s.Provider != "" || slices.Contains(shorts(s.CapDrop), "ALL") {
			continue
		}
		had := bounding(s)
		n := capabilityNeeds(d, s)
		f := plan.Finding{Service: s.Name, Message: fmt.Sprintf("cap_drop: [ALL] is missing: it may use %s", capabilities(len(had))),
			At: written(d, s, "cap_drop"), Evidence: n.evidence}
		fix := &plan.Fix{Summary: "drop all capabilities", Blocked: n.blocked, Measure: n.measure, Off: n.off, Risk: n.risk, Notes: n.notes}
		if n.known() {
			if len(n.add) > 0 {
				fix.Summary += ", add back " + strings.Join(n.add, ", ")
			}
			fix.Value = strings.Join(n.add, ",")
			if len(n.add) == 0 {
				fix.Value = "none"
			}
			fix.Changes = setCapabilities(d, s, n.add)
			if left := without(had, n.add); len(left) > 0 && n.sure() {
				f.Message += forNothing(len(left), len(had))
			}
		}
		if s.Privileged {
			fix.Notes = append(fix.Notes, "has no effect while privileged stays (B002)")
		}
		f.Fix = fix
		out = append(out, f)
	}
	return out
}

func capabilities(n int) string {
	if n == 1 {
		return "1 capability"
	}
	return fmt.Sprintf("%d capabilities", n)
}

// forNothing says how many of what a service may use it does not need.
func forNothing(left, had int) string {
	switch {
	case left < had:
		return fmt.Sprintf(", %d of them for nothing", left)
	case had == 1:
		return ", and does not need it"
	}
	return ", and needs none of them"
}

// setCapabilities makes the two lists exactly this.
func setCapabilities(d *plan.Draft, s project.Service, add []string) []plan.Change {
	changes := []plan.Change{plan.SetService(s.Name, []any{"ALL"}, "cap_drop")}
	switch {
	case len(add) > 0:
		changes = append(changes, plan.SetService(s.Name, anyList(add), "cap_add"))
	case len(d.Project.LookupAll("services", s.Name, "cap_add")) > 0:
		changes = append(changes, plan.RemoveService(s.Name, "cap_add"))
	}
	return changes
}

func anyList(names []string) []any {
	out := make([]any, len(names))
	for i, name := range names {
		out[i] = name
	}
	return out
}

// written is where a key of a service stands, else where the service does.
func written(d *plan.Draft, s project.Service, keys ...string) []plan.Position {
	path := append([]string{"services", s.Name}, keys...)
	for n := len(path); n >= 2; n-- {
		if w, ok := d.Project.Lookup(path[:n]...); ok {
			return []plan.Position{plan.PositionOf(d.Project, w)}
		}
	}
	return nil
}

package tui

import (
	"fmt"

	"batten/internal/engine"
)

// checklistOf is a service's ten points under the decisions as they are, and whether
// there is a plan that they would be different under.
func (m *model) checklistOf(s *engine.InspectedService) (items []engine.ChecklistItem, planned bool) {
	if m.hardening != nil {
		if items := m.hardening.Checklist(s.Name); items != nil {
			return items, true
		}
	}
	return s.Checklist, false
}

// checklistHead counts the points that hold.
func checklistHead(items []engine.ChecklistItem, planned bool) line {
	now, then, of := 0, 0, 0
	for _, x := range items {
		if x.Void {
			continue
		}
		of++
		if x.Now {
			now++
		}
		if x.Then {
			then++
		}
	}
	l := as(heading, "checklist").and(normal, fmt.Sprintf("  %d", now))
	if planned {
		l = l.and(muted, " → ").and(good, fmt.Sprint(then))
	}
	return l.and(muted, fmt.Sprintf(" of %d hold", of))
}

// checklistLines are the points, each with how it stands now and under the plan.
func checklistLines(items []engine.ChecklistItem, planned bool, w int) []line {
	out := []line{checklistHead(items, planned)}
	for _, x := range items {
		out = append(out, indented(checklistSigns(x, planned), checklistRole(x, planned), x.Text, 7, w)...)
	}
	return out
}

// checklistSigns are for now and then, in seven cells.
func checklistSigns(x engine.ChecklistItem, planned bool) line {
	sign := func(holds bool) line {
		if holds {
			return as(good, "✓")
		}
		return as(bad, "✗")
	}
	switch {
	case x.Void:
		return as(muted, "  –")
	case !planned:
		return joined(said("  "), sign(x.Now))
	case x.Now == x.Then:
		return joined(said("    "), sign(x.Then))
	}
	return joined(sign(x.Now), as(muted, " → "), sign(x.Then))
}

func checklistRole(x engine.ChecklistItem, planned bool) role {
	if x.Void || x.Now && (x.Then || !planned) {
		return muted
	}
	return normal
}

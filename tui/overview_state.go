package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"batten/internal/engine"
	"batten/plan"
)

// overviewState is what the screen's panes show, made anew when the project or its plan
// is another one.
type overviewState struct {
	version       int // of the model, plus one
	rows          []serviceRow
	wide          columnWidths
	before, after *engine.Layout // nil when not known
	edges         []plan.Edge
	service       string // the one with the cursor
}

// serviceRow is one service of the list.
type serviceRow struct {
	name     string
	known    *engine.InspectedService
	score    plan.Score
	planned  bool // the score after hardening is that of a plan
	worst    *plan.Finding
	now      int // findings
	left     int // those that the plan leaves
	ports    []publication
	evidence line
	exposed  line
	words    string // what filters look at
}

// refresh makes everything anew when it is not that of the model any more.
func (s *overviewState) refresh(m *model) {
	if s.version == m.version+1 {
		return
	}
	s.version = m.version + 1
	s.rows, s.before, s.after, s.edges = nil, nil, nil, nil
	if m.inspection == nil {
		return
	}
	s.before, s.edges = &m.inspection.Networks, m.inspection.Edges
	if m.hardening != nil {
		before, after := m.hardening.Layouts()
		s.before, s.after, s.edges = &before, &after, m.hardening.Plan.Edges
	}
	s.collect(m)
	s.wide = widthsOf(s.rows)
}

// collect makes the rows, in one pass over the findings.
func (s *overviewState) collect(m *model) {
	index := map[string]int{}
	for i := range m.inspection.Services {
		one := &m.inspection.Services[i]
		index[one.Name] = i
		s.rows = append(s.rows, serviceRow{name: one.Name, known: one, score: one.Score, evidence: evidenceLine(one)})
	}
	found := m.inspection.Findings
	if p := m.plan(); p != nil {
		found = p.Decisions
		for _, score := range p.Scores {
			if i, ok := index[score.Service]; ok {
				s.rows[i].score, s.rows[i].planned = score, true
			}
		}
	}
	for i := range found {
		if at, ok := index[found[i].Finding.Service]; ok {
			s.rows[at].count(&found[i])
		}
	}
	for _, one := range s.before.Services {
		if i, ok := index[one.Name]; ok {
			s.rows[i].ports = publicationsOf(one.Published)
		}
	}
	for i := range s.rows {
		r := &s.rows[i]
		r.exposed = exposure(r.ports, r.known.Networks)
		r.words = strings.Join([]string{r.name, r.known.Image, r.userText(), r.evidence.text(), r.exposed.text(), r.worstText()}, " ")
	}
	slices.SortStableFunc(s.rows, func(a, b serviceRow) int {
		return cmp.Or(cmp.Compare(a.score.Before, b.score.Before), cmp.Compare(a.score.After, b.score.After), cmp.Compare(a.name, b.name))
	})
}

func (r *serviceRow) count(d *plan.Decision) {
	r.now++
	if !d.Apply {
		r.left++
	}
	if r.worst == nil || !r.worst.Severity.AtLeast(d.Finding.Severity) {
		r.worst = &d.Finding
	}
}

func (r *serviceRow) worstText() string {
	if r.worst == nil {
		return "none"
	}
	return severityText(r.worst.Severity) + " " + r.worst.Rule
}

func (r *serviceRow) userText() string {
	if r.known.User == "" {
		return "not known"
	}
	return r.known.User
}

func (r *serviceRow) userRole() role {
	switch name, _, _ := strings.Cut(r.known.User, ":"); name {
	case "root", "0":
		return warning
	case "":
		return muted
	}
	return normal
}

// evidenceLine says what is known of a service.
func evidenceLine(s *engine.InspectedService) line {
	switch s.Evidence {
	case engine.EvidenceTraced:
		return as(good, fmt.Sprintf("✓ traced ×%d", max(s.Runs, 1)))
	case engine.EvidenceImage:
		return said("image")
	case engine.EvidenceStatic:
		return as(muted, "static")
	}
	return as(muted, "none")
}

// row finds a service's.
func (s *overviewState) row(name string) *serviceRow {
	for i := range s.rows {
		if s.rows[i].name == name {
			return &s.rows[i]
		}
	}
	return nil
}

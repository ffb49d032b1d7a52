package tui

import (
	"fmt"

	"batten/plan"
)

func (p *servicesPane) open(m *model) work { return m.openService() }
func (p *servicePane) open(m *model) work  { return m.openService() }

func (p *servicesPane) explained(m *model) work { return m.explainService() }
func (p *servicePane) explained(m *model) work  { return m.explainService() }

func (p *servicesPane) command(m *model) string { return m.inspectCommand() }
func (p *servicePane) command(m *model) string  { return m.inspectCommand() }

func (m *model) inspectCommand() string {
	if s := m.overview().state.service; s != "" {
		return m.cli("inspect", s)
	}
	return m.cli("inspect")
}

// explainService explains the rule behind the worst that was found.
func (m *model) explainService() work {
	o := m.overview()
	o.services.bring(m)
	switch r := o.services.chosen(); {
	case r == nil:
		m.tell(muted, "there is no service here")
	case r.worst == nil:
		m.tell(good, "nothing was found in "+r.name)
	default:
		return m.explain(r.worst.Rule)
	}
	return nil
}

// openService shows everything that is known of a service.
func (m *model) openService() work {
	o := m.overview()
	o.services.bring(m)
	r := o.services.chosen()
	if r == nil {
		m.tell(muted, "there is no service here")
		return nil
	}
	m.open(read(r.name+", "+r.summary(), func(w int) []line {
		out := append(m.serviceLines(r, w), nil)
		out = append(append(out, o.state.talkLines(r.name, w)...), nil)
		return append(out, m.findingLines(r.name, w)...)
	}))
	return nil
}

// talkLines are the connections of a service with how they are known.
func (s *overviewState) talkLines(service string, w int) []line {
	out := []line{as(heading, "talks")}
	for _, e := range s.edges {
		if e.From == service || e.To == service {
			out = append(out, edgeEvidence(e, w)...)
		}
	}
	if len(out) == 1 {
		out = append(out, as(muted, "to nobody, as far as is known"))
	}
	return out
}

// edgeEvidence is one connection, with what it is known from.
func edgeEvidence(e plan.Edge, w int) []line {
	head := e.From + " " + arrowOf(e.Observed) + " " + e.To
	if port := portText(e); port != "" {
		head += " " + port
	}
	out := []line{said(head)}
	for _, x := range e.Evidence {
		out = append(out, indented(nil, muted, x.From+": "+x.Text, 4, w)...)
	}
	return out
}

// findingLines are the findings of a service, with what becomes of them.
func (m *model) findingLines(service string, w int) []line {
	found := m.inspection.Findings
	if p := m.plan(); p != nil {
		found = p.Decisions
	}
	out := []line{as(heading, "findings")}
	for _, d := range found {
		if d.Finding.Service != service {
			continue
		}
		f := d.Finding
		head := fmt.Sprintf("%-10s %s", severityText(f.Severity), m.markOf(d).word)
		out = append(out, indented(as(severityRole(f.Severity), head), normal, f.Rule+" "+f.Message, 22, w)...)
	}
	if len(out) == 1 {
		out = append(out, as(good, "✓ none"))
	}
	return out
}

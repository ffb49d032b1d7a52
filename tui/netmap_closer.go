package tui

// open shows all connections with how they are known.
func (p *networkPane) open(m *model) work {
	edges := p.state.edges
	if len(edges) == 0 {
		m.tell(muted, "nobody talks, as far as is known; a trace finds out")
		return nil
	}
	m.open(read("who talks to whom", func(w int) []line {
		var out []line
		for _, e := range edges {
			out = append(out, edgeEvidence(e, w)...)
		}
		return out
	}))
	return nil
}

func (p *networkPane) command(m *model) string { return m.cli("inspect") }

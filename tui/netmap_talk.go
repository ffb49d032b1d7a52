package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"batten/internal/engine"
	"batten/plan"
)

// Ends of connections that are no services.
const (
	internetEnd = "internet"
	hostEnd     = "host"
)

// talk is who opens connections to whom, over all ports.
type talk struct {
	from, to string
	ports    []string
	observed bool
}

func (t talk) label() string { return strings.Join(t.ports, ",") }

// arrowOf is a small arrow: solid when it was seen, dotted when files say so alone.
func arrowOf(observed bool) string {
	if observed {
		return "─→"
	}
	return "·→"
}

func portText(e plan.Edge) string {
	switch {
	case e.Port == 0:
		return ""
	case e.Protocol == "udp":
		return fmt.Sprintf("%d/udp", e.Port)
	}
	return fmt.Sprint(e.Port)
}

// talksOf joins connections between the same two. What is published stands elsewhere.
func talksOf(edges []plan.Edge) []talk {
	type pair struct{ from, to string }
	index := map[pair]int{}
	var out []talk
	for _, e := range edges {
		if e.From == internetEnd || e.From == e.To {
			continue
		}
		p := pair{e.From, e.To}
		i, ok := index[p]
		if !ok {
			i = len(out)
			index[p] = i
			out = append(out, talk{from: e.From, to: e.To})
		}
		out[i].observed = out[i].observed || e.Observed
		if port := portText(e); port != "" && !slices.Contains(out[i].ports, port) {
			out[i].ports = append(out[i].ports, port)
		}
	}
	return out
}

func layoutService(l *engine.Layout, name string) *engine.LayoutService {
	if l == nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(l.Services, name, func(s engine.LayoutService, name string) int { return cmp.Compare(s.Name, name) })
	if !ok {
		return nil
	}
	return &l.Services[i]
}

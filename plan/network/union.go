package network

import (
	"cmp"
	"slices"

	"batten/plan"
)

// Ends of edges that are no services.
const (
	Internet = "internet" // everything outside of the project
	Host     = "host"     // the machine that the containers run on
)

// sighting is one fact that a service talks to another.
type sighting struct {
	from, to string
	at       endpoint // port 0: not told
	observed bool
	evidence plan.Evidence
}

type pair struct{ from, to string }

type edgeKey struct {
	pair
	endpoint
}

// unite makes edges of sightings. One that tells no port belongs to the edge of the
// same pair that does: the recorded one, else the declared one; with neither, to the
// port that the target most likely serves.
func unite(sightings []sighting, likely func(service string) []endpoint) []plan.Edge {
	told := map[pair][2][]endpoint{} // declared, observed
	for _, s := range sightings {
		if s.at.port == 0 {
			continue
		}
		both := told[pair{s.from, s.to}]
		which := 0
		if s.observed {
			which = 1
		}
		if !slices.Contains(both[which], s.at) {
			both[which] = append(both[which], s.at)
		}
		told[pair{s.from, s.to}] = both
	}
	edges := map[edgeKey]*plan.Edge{}
	for _, s := range sightings {
		if s.at.port == 0 {
			both := told[pair{s.from, s.to}]
			s.at = choose(both[1], both[0], likely(s.to))
		}
		key := edgeKey{pair{s.from, s.to}, s.at}
		e := edges[key]
		if e == nil {
			e = &plan.Edge{From: s.from, To: s.to, Port: s.at.port, Protocol: s.at.protocol}
			edges[key] = e
		}
		e.Observed = e.Observed || s.observed
		e.Evidence = append(e.Evidence, s.evidence)
	}
	out := make([]plan.Edge, 0, len(edges))
	for _, e := range edges {
		slices.SortFunc(e.Evidence, func(a, b plan.Evidence) int {
			return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Text, b.Text))
		})
		e.Evidence = slices.Compact(e.Evidence)
		out = append(out, *e)
	}
	slices.SortFunc(out, func(a, b plan.Edge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To),
			cmp.Compare(a.Port, b.Port), cmp.Compare(a.Protocol, b.Protocol))
	})
	return out
}

// choose picks a port: of those told, the likeliest, else the lowest; without any
// told, the likeliest.
func choose(observed, declared, likely []endpoint) endpoint {
	for _, told := range [][]endpoint{observed, declared} {
		if len(told) == 0 {
			continue
		}
		for _, e := range likely {
			if slices.Contains(told, e) {
				return e
			}
		}
		return slices.MinFunc(told, compareEndpoints)
	}
	if len(likely) > 0 {
		return likely[0]
	}
	return endpoint{}
}

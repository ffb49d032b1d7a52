package rules

import (
	"maps"
	"slices"
	"strings"

	"batten/plan"
	"batten/plan/network"
	"batten/project"
)

var openStoreNetwork = plan.Rule{
	ID: "B025", Title: "Networks of databases, caches and brokers are internal", Topic: "network",
	Severity: plan.Medium, Class: plan.Choice,
	Sources: []plan.Source{{Name: plan.OWASP, Item: "RULE #5"}, {Name: plan.GuideSecuring}, {Name: plan.DockerDocs, Item: "internal networks"}},
	Why: "A store answers its clients and asks nobody. On a network that leads out, a store that is taken over sends away " +
		"what it holds and fetches tools. An internal network has no way to the outside and none from it; the machine itself stays reachable.",
	Fix:    "The network is made internal when all its members do without it for the outside: those that publish ports or reach out are on another network that leads there.",
	Breaks: "A member that reached the outside through this network no longer does: names outside are not resolved, connections time out.",
	Detect: func(d *plan.Draft) []plan.Finding { return openNetworks(d, true) },
}

// openNetworks finds networks that lead out and need not, those with a store or
// those without.
func openNetworks(d *plan.Draft, withStore bool) []plan.Finding {
	if d.Applied("B024", "", "") {
		return nil
	}
	s := segmentation(d)
	blockers := s.Closable()
	var out []plan.Finding
	for _, name := range slices.Sorted(maps.Keys(blockers)) {
		quiet := s.Quiet(name)
		stores := slices.DeleteFunc(slices.Clone(quiet), func(m string) bool { return !s.IsStore(m) })
		if len(stores) > 0 != withStore {
			continue
		}
		members := quiet
		if withStore {
			members = stores
		}
		f := plan.Finding{Key: name, At: networkPlace(d, "networks", name),
			Message: shortList(members) + " " + verb(len(members), "need") + " no outside, and the network " + name + " leads there"}
		for _, m := range members[:min(len(members), 8)] {
			evidence := s.Outside(m).Evidence
			evidence.Text = m + ": " + evidence.Text
			f.Evidence = append(f.Evidence, evidence)
		}
		f.Fix = closeNetwork(s, name, blockers[name])
		out = append(out, f)
	}
	return out
}

func closeNetwork(s network.Segmentation, name, blocker string) *plan.Fix {
	fix := &plan.Fix{Summary: "make the network " + name + " internal"}
	switch {
	case blocker == "":
		fix.Changes = []plan.Change{{Op: plan.Set, Path: project.Path{"networks", name, "internal"}, Value: true}}
		fix.Risk = "members no longer reach the outside through it"
	case s.Public(blocker):
		fix.Blocked = blocker + " publishes ports and is on no other network that leads out; dividing the networks (B024) gives it one"
	case s.Outside(blocker).Known:
		fix.Blocked = blocker + " reaches the outside and is on no other network that leads out; dividing the networks (B024) gives it one"
	default:
		fix.Blocked = "nobody measured whether " + blocker + " reaches the outside"
		fix.Measure = plan.MeasureCommand(blocker)
	}
	return fix
}

var needlessEgress = plan.Rule{
	ID: "B026", Title: "Only services that need the outside reach it", Topic: "network",
	Severity: plan.Medium, Class: plan.Measured, Needs: []plan.Need{plan.NeedTrace},
	Sources: []plan.Source{{Name: plan.OWASP, Item: "RULE #5"}, {Name: plan.GuideField}},
	Why: "The way out is how an attacker gets tools in and data out. Of a service that was recorded and never used it, the way can " +
		"be closed. A store that connects to the outside, or a service that asks a cloud's metadata address, is worth a look.",
	Fix:    "A network whose members do without the outside, by what was recorded, is made internal. An unexpected connection is reported, not cut.",
	Breaks: "What a service does too rarely for a recording, such as looking for updates, fails with a name that cannot be resolved.",
	Detect: func(d *plan.Draft) []plan.Finding { return append(openNetworks(d, false), unexpected(d)...) },
}

// unexpected finds recorded connections to the outside that one would not expect.
func unexpected(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, e := range edgesOf(d) {
		if e.To != network.Internet || !e.Observed {
			continue
		}
		s, ok := d.Project.Service(e.From)
		if !ok {
			continue
		}
		asksCloud := slices.ContainsFunc(e.Evidence, func(one plan.Evidence) bool { return strings.Contains(one.Text, network.Metadata) })
		kind := network.StoreImage(s)
		f := plan.Finding{Service: s.Name, Key: edgeKey(e), Evidence: e.Evidence}
		switch {
		case asksCloud:
			f.Severity = plan.High
			f.Message = "the service asked the metadata address of a cloud, which hands out credentials"
		case kind != "":
			f.Message = "the service is " + kind + ", and connected to the outside"
		default:
			continue
		}
		out = append(out, f)
	}
	return out
}

var enclosedPort = plan.Rule{
	ID: "B027", Title: "Services with published ports are on a network that leads out", Topic: "network",
	Severity: plan.Medium, Class: plan.Certain,
	Sources: []plan.Source{{Name: plan.DockerDocs, Item: "internal networks"}, {Name: plan.ComposeSpec, Item: "networks"}},
	Why: "The engine publishes no port of a service that is on internal networks alone, and says nothing. Whoever finds the port dead opens " +
		"the internal network next, and everything on it with it.",
	Fix:    "The service also joins a network that leads out, edge, which holds services with published ports alone.",
	Breaks: "The service reaches the outside, which it did not before. If nobody misses the port, take it away instead.",
	Detect: detectEnclosed,
}

func detectEnclosed(d *plan.Draft) []plan.Finding {
	// A stack publishes through a network of its own.
	if d.Target == plan.TargetSwarm || d.Applied("B024", "", "") || !anyInternal(d.Project) {
		return nil
	}
	s := segmentation(d)
	services := s.Enclosed()
	if len(services) == 0 {
		return nil
	}
	name, declare := s.Edge(services)
	var out []plan.Finding
	for _, service := range services {
		out = append(out, plan.Finding{Service: service, Message: "its published ports are dead: all its networks are internal",
			At: networkPlace(d, "services", service, "ports"),
			Fix: &plan.Fix{Summary: "let it also join the network " + name, Changes: []plan.Change{declare, s.Join(service, name)},
				Risk: "the service can then reach the outside"}})
	}
	return out
}

func anyInternal(p *project.Project) bool {
	for _, n := range p.Model.Networks {
		if n.Internal {
			return true
		}
	}
	return false
}

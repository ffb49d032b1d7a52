package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"batten/plan"
	"batten/plan/network"
	"batten/project"
)

var hostNetwork = plan.Rule{
	ID: "B018", Title: "Services do not use the network of the machine", Topic: "network",
	Severity: plan.High, Class: plan.Measured,
	Sources: []plan.Source{{Name: plan.CIS, Item: "5.10"}, {Name: plan.GuideField}, {Name: plan.GuideTips}},
	Why: "On the machine's network a service reaches everything that listens on 127.0.0.1, Unix sockets without a path, and " +
		"every network of the machine; its own ports are open on all interfaces, and no firewall of the engine stands before them.",
	Fix: "network_mode is removed and the ports that a recording saw it listen on are published on 127.0.0.1. " +
		"It is off until the user chooses it: whom the service reaches by 127.0.0.1 no recording can replace.",
	Breaks: "What the service reached at 127.0.0.1 is no longer there, services that reached it at 127.0.0.1 need its name, and broadcasts (mDNS, DHCP) do not pass.",
	Detect: detectHostNetwork,
}

func detectHostNetwork(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		if !usesHostNetwork(s) {
			continue
		}
		f := plan.Finding{Service: s.Name, Message: "the service uses the network of the machine", At: networkPlace(d, "services", s.Name, "network_mode")}
		f.Fix = &plan.Fix{Summary: "give it a network of its own and publish its ports on " + loopback}
		ports := hostPorts(d.Profile(s.Name))
		switch {
		case d.Target == plan.TargetSwarm:
			f.Fix.Blocked = "a stack ignores network_mode: the service is on a network of its own there, and its ports have to be published by hand"
		case len(ports) == 0:
			f.Fix.Blocked = "nobody measured on which ports it listens"
			f.Fix.Measure = plan.MeasureCommand(s.Name)
		default:
			f.Fix.Off = true
			f.Fix.Risk = "services that it reaches at 127.0.0.1, or that reach it there, no longer meet it"
			f.Fix.Changes = []plan.Change{plan.RemoveService(s.Name, "network_mode")}
			for _, one := range ports {
				f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromRecording, Text: fmt.Sprintf("listens on %d/%s", one.Port, one.Protocol)})
				// Written and without effect until now.
				if slices.ContainsFunc(s.Config.Ports, func(p project.PortConfig) bool { return int(p.Target) == one.Port && p.Protocol == one.Protocol }) {
					continue
				}
				text := fmt.Sprintf("%s:%d:%d", loopback, one.Port, one.Port)
				if one.Protocol == "udp" {
					text += "/udp"
				}
				f.Fix.Changes = append(f.Fix.Changes, plan.AddItem(s.Name, "ports", text, ""))
			}
		}
		out = append(out, f)
	}
	return out
}

// networkPlace is where a value is written.
func networkPlace(d *plan.Draft, path ...string) []plan.Position {
	if w, ok := d.Project.Lookup(path...); ok {
		return []plan.Position{plan.PositionOf(d.Project, w)}
	}
	return nil
}

var hostReached = plan.Rule{
	ID: "B054", Title: "Services do not reach past the project by name", Topic: "network",
	Severity: plan.Medium, Class: plan.Advice,
	Sources: []plan.Source{{Name: plan.CIS, Item: "5.30"}, {Name: plan.DockerDocs, Item: "links"}},
	Why: "A name for the machine itself, or a link to a container of another project, is a way out of the project that no network of " +
		"it closes: a service that is taken over goes on from there. An internal network does not close the way to the machine either.",
	Fix: "Nothing is changed. Let what is needed be a service of the project, or join a network that both projects name; " +
		"on the machine, let the service listen on a Unix socket that is mounted, or let a firewall say who may come.",
	Detect: detectHostReached,
}

func detectHostReached(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	naming := map[string][]plan.Evidence{}
	for _, e := range edgesOf(d) {
		if e.To == network.Host {
			naming[e.From] = e.Evidence
		}
	}
	for _, s := range d.Project.Services {
		named := false
		for _, name := range slices.Sorted(maps.Keys(s.Config.ExtraHosts)) {
			if slices.Contains(s.Config.ExtraHosts[name], "host-gateway") {
				named = true
				out = append(out, plan.Finding{Service: s.Name, Key: name, At: networkPlace(d, "services", s.Name, "extra_hosts"),
					Message: "the service has a name for the machine that it runs on"})
			}
		}
		for _, link := range s.Config.ExternalLinks {
			container, _, _ := strings.Cut(link, ":")
			out = append(out, plan.Finding{Service: s.Name, Key: container, At: networkPlace(d, "services", s.Name, "external_links"),
				Message: "the service is linked to a container outside of the project"})
		}
		if evidence := naming[s.Name]; !named && len(evidence) > 0 {
			out = append(out, plan.Finding{Service: s.Name, Key: network.Host, Message: "the service names the machine that it runs on", Evidence: evidence})
		}
	}
	return out
}

package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"batten/plan"
	"batten/plan/network"
	"batten/profiles"
	"batten/project"
)

var storePublished = plan.Rule{
	ID: "B022", Title: "Databases, caches and brokers are not published", Topic: "network",
	Severity: plan.High, Class: plan.Choice,
	Sources: []plan.Source{{Name: plan.CIS, Item: "5.9"}, {Name: plan.GuideTips}, {Name: plan.GuideField}},
	Why: "Services of the project reach a store through their network; a published port adds everybody else. Stores are " +
		"built for trusted clients: many ask for no password, and what they hold is what an attacker is after.",
	Fix:    "The port is no longer published when a service of the project uses the store. Otherwise it stays, bound as B020 says, until the user decides.",
	Breaks: "Programs on the machine that used the port, such as a database client or a backup, get \"connection refused\"; docker exec into the service still works.",
	Detect: detectStorePublished,
}

func detectStorePublished(d *plan.Draft) []plan.Finding {
	users := usersOf(d)
	var out []plan.Finding
	for _, s := range publishing(d) {
		if len(s.Config.Ports) == 0 {
			continue
		}
		kind, evidence, isStore := network.Store(d.Facts, s)
		if !isStore {
			continue
		}
		for _, item := range portItems(d.Project, s) {
			first, last, ok := portRange(item.places[0].target)
			if !ok || first != last || !network.IsStorePort(s, first) {
				continue
			}
			f := plan.Finding{Service: s.Name, Key: item.key, At: item.positions(d.Project),
				Message: fmt.Sprintf("port %s of %s is published", item.key, kind), Evidence: []plan.Evidence{evidence}}
			f.Fix = &plan.Fix{Summary: "publish " + item.key + " no longer", Changes: item.drop(),
				Risk: "programs on the machine that use the port no longer reach it"}
			clients, fromHost := users.clients[s.Name], cmp.Or(users.fromHost[s.Name], users.hostReacher)
			switch {
			case fromHost != "":
				f.Fix.Off = true
				f.Fix.Notes = append(f.Fix.Notes, fromHost+" reaches the machine, and may use the port there")
			case len(clients) == 0:
				f.Fix.Off = true
				f.Fix.Notes = append(f.Fix.Notes, "no service of the project is known to use it: somebody outside may")
			default:
				f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromCompose, Text: "used inside the project by " + strings.Join(clients, ", ")})
			}
			out = append(out, f)
		}
	}
	return out
}

// users are who uses services: by a network, or perhaps by a published port of the
// machine.
type users struct {
	clients     map[string][]string // by service, sorted
	fromHost    map[string]string   // a client on the machine's network, by service
	hostReacher string              // a service that reaches the machine, "" for none
}

func usersOf(d *plan.Draft) users {
	u := users{clients: map[string][]string{}, fromHost: map[string]string{}}
	onHost := map[string]bool{}
	for _, s := range d.Project.Services {
		onHost[s.Name] = usesHostNetwork(s)
	}
	for _, e := range edgesOf(d) {
		switch {
		case e.From == network.Internet:
		case e.To == network.Host:
			u.hostReacher = cmp.Or(u.hostReacher, e.From)
		case onHost[e.From]:
			u.fromHost[e.To] = e.From
		case !slices.Contains(u.clients[e.To], e.From):
			u.clients[e.To] = append(u.clients[e.To], e.From)
		}
	}
	return u
}

// hostPorts are what a recording saw a service listen on for others, sorted.
func hostPorts(p *profiles.Profile) []profiles.Socket {
	var out []profiles.Socket
	if p == nil {
		return nil
	}
	for _, s := range p.OverIP() {
		same := func(o profiles.Socket) bool { return o.Port == s.Port && o.Protocol == s.Protocol }
		if s.Use == profiles.SocketListen && s.Address != loopback && s.Address != "::1" && !slices.ContainsFunc(out, same) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b profiles.Socket) int {
		if a.Port != b.Port {
			return a.Port - b.Port
		}
		return strings.Compare(a.Protocol, b.Protocol)
	})
	return out
}

// usesHostNetwork tells whether a service is on the machine's own network.
func usesHostNetwork(s project.Service) bool {
	return s.Config.NetworkMode == "host"
}

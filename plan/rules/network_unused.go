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

var unservedPort = plan.Rule{
	ID: "B021", Title: "Published ports are served", Topic: "network",
	Severity: plan.Low, Class: plan.Measured, Needs: []plan.Need{plan.NeedTrace},
	Sources: []plan.Source{{Name: plan.CIS, Item: "5.9"}, {Name: plan.GuideTips}},
	Why: "A published port that nothing serves waits for whatever comes to listen there: a debugger, an attacker's shell. " +
		"It also hides which ports matter.",
	Fix:    "The port is taken away, once the user says so: a recording sees who listened while it ran, and a port may be opened later.",
	Breaks: "If the service opens the port later than it was recorded, clients get \"connection refused\".",
	Detect: detectUnserved,
}

func detectUnserved(d *plan.Draft) []plan.Finding {
	riders := map[string][]string{}
	for _, s := range d.Project.Services {
		if carrier, ok := strings.CutPrefix(s.Config.NetworkMode, "service:"); ok {
			riders[carrier] = append(riders[carrier], s.Name)
		}
	}
	var out []plan.Finding
	for _, s := range publishing(d) {
		sockets, runs, known := listeners(d, append(riders[s.Name], s.Name))
		if !known {
			continue
		}
		for _, item := range portItems(d.Project, s) {
			place := item.places[0]
			if place.unclear != "" || place.protocol != "tcp" || dropped(d, s.Name, item.key) {
				continue
			}
			text := unserved(sockets, place.target)
			if text == "" {
				continue
			}
			out = append(out, plan.Finding{
				Service: s.Name, Key: item.key, At: item.positions(d.Project),
				Message:  "port " + item.key + " is published, and " + text,
				Evidence: []plan.Evidence{{From: plan.FromRecording, Text: fmt.Sprintf("listened on %s in %d runs", strings.Join(listenTexts(sockets), ", "), runs)}},
				Fix:      &plan.Fix{Summary: "publish " + item.key + " no longer", Off: true, Changes: item.drop(), Risk: "the port may be opened later than was recorded"},
			})
		}
	}
	return out
}

// listeners are the listening sockets of services that share one network name space;
// known is false unless each of them was recorded and one listens.
func listeners(d *plan.Draft, services []string) (sockets []profiles.Socket, runs int, known bool) {
	for _, name := range services {
		p := d.Profile(name)
		if !network.Sampled(p) {
			return nil, 0, false
		}
		runs = max(runs, len(p.Runs))
		for _, one := range p.Sockets {
			if one.Use == profiles.SocketListen {
				sockets = append(sockets, one)
			}
		}
	}
	return sockets, runs, len(sockets) > 0
}

// unserved says why nobody answers on a port, "" when somebody does.
func unserved(sockets []profiles.Socket, target string) string {
	local := false
	for _, s := range sockets {
		if s.Protocol != "tcp" || !inRange(target, s.Port) {
			continue
		}
		if s.Address != loopback && s.Address != "::1" {
			return ""
		}
		local = true
	}
	if local {
		return "the service listens on it for itself alone"
	}
	return "nothing listened on it"
}

func listenTexts(sockets []profiles.Socket) []string {
	var out []string
	for _, s := range sockets {
		text := fmt.Sprintf("%d/%s", s.Port, s.Protocol)
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// hostPorts are what a recording saw a service listen on for others, sorted.
func hostPorts(p *profiles.Profile) []profiles.Socket {
	var out []profiles.Socket
	if p == nil {
		return nil
	}
	for _, s := range p.Sockets {
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

package rules

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"batten/plan"
	"batten/plan/network"
	"batten/project"
)

var publishedEverywhere = plan.Rule{
	ID: "B020", Title: "Published ports are bound to one address", Topic: "network",
	Severity: plan.Medium, Class: plan.Choice,
	Sources: []plan.Source{{Name: plan.CIS, Item: "5.14"}, {Name: plan.OWASP, Item: "RULE #5a"}, {Name: plan.GuideTips}, {Name: plan.DockerDocs, Item: "port publishing"}},
	Why: "A port published without an address is open on every interface of the machine, and the engine's own " +
		"packet filter rules let it through before those of ufw or firewalld are asked. Whoever reaches the machine reaches the service.",
	Fix: "The port is bound to 127.0.0.1, so that programs on this machine and a reverse proxy there still reach it. " +
		"The value may be another address of the machine, or 0.0.0.0 to leave the port open on purpose. " +
		"The long form has no address in format 3.8 and is written in the short form.",
	Breaks: "Other machines no longer reach the port: they get \"connection refused\". A stack ignores the address.",
	Detect: detectPublished,
}

// loopback is the address that ports are bound to unless the user says otherwise.
const loopback = "127.0.0.1"

func detectPublished(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range publishing(d) {
		items := portItems(d.Project, s)
		for _, item := range items {
			open := slices.ContainsFunc(item.places, func(p portPlace) bool { return p.everywhere(s) })
			if open && !dropped(d, s.Name, item.key) {
				out = append(out, publishedFinding(d, s, item))
			}
		}
		for _, c := range unwrittenPorts(s, items) {
			if !allAddresses[c.HostIP] {
				continue
			}
			place := portPlace{published: c.Published, target: strconv.Itoa(int(c.Target)), protocol: c.Protocol}
			out = append(out, plan.Finding{
				Service: s.Name, Key: place.key(), Message: "port " + place.key() + " is published on all addresses of the machine",
				Fix: &plan.Fix{Summary: "bind it to " + loopback, Value: loopback,
					Blocked: "it is written in a file that the service extends, which others may use"},
			})
		}
	}
	return out
}

func publishedFinding(d *plan.Draft, s project.Service, item portItem) plan.Finding {
	f := plan.Finding{
		Service: s.Name, Key: item.key, At: item.positions(d.Project),
		Message: "port " + item.key + " is published on all addresses of the machine",
		Fix:     &plan.Fix{Value: loopback, Options: []string{loopback, "0.0.0.0"}},
	}
	fix := f.Fix
	if value := d.Value("B020", s.Name, item.key); value != "" {
		fix.Value = value
	}
	fix.Summary = "bind " + item.key + " to " + fix.Value
	address, err := netip.ParseAddr(fix.Value)
	switch {
	case d.Target == plan.TargetSwarm:
		fix.Blocked = "a stack ignores the address of a port: it listens on all of them on every node"
		fix.Notes = append(fix.Notes, "let a firewall in front of the nodes decide who reaches the port")
		return f
	case err != nil:
		fix.Summary, fix.Value = "bind "+item.key+" to "+loopback, loopback
		fix.Blocked = "the value that is set for it is no address"
		return f
	case address.IsUnspecified():
		fix.Summary, fix.Off = "bind "+item.key+" to one address", true
		fix.Notes = append(fix.Notes, "left on all addresses, as chosen")
		return f
	}
	for _, place := range item.places {
		if place.unclear != "" {
			fix.Blocked = "the variable in " + strconv.Quote(place.unclear) + " may hold more than a port: an address before it could make another mapping of it"
			fix.Changes = nil
			return f
		}
		if strings.Contains(place.host, "$") {
			fix.Off = true
			fix.Notes = append(fix.Notes, "the address comes from a variable already: set that, or apply this to write the address down")
		}
		if len(place.lost) > 0 {
			fix.Notes = append(fix.Notes, "lost with the long form: "+strings.Join(place.lost, ", "))
		}
	}
	fix.Changes = bind(s, item, fix.Value)
	fix.Risk = "other machines no longer reach it"
	if publicEntry(s, item) {
		fix.Risk = "this looks like the public entrance of the project: nobody outside of this machine reaches it any more, unless a proxy on the machine passes it on or the value is set to a public address"
	}
	return f
}

// bind rewrites the places that are open. Of two that become the same, as for IPv4
// and IPv6, one goes.
func bind(s project.Service, item portItem, host string) []plan.Change {
	var out []plan.Change
	type in struct {
		file int
		text string
	}
	there := map[in]bool{}
	for _, p := range item.places {
		if !p.everywhere(s) {
			there[in{p.at.File, p.text(p.host)}] = true
		}
	}
	for _, p := range item.places {
		if !p.everywhere(s) {
			continue
		}
		text := p.text(host)
		if there[in{p.at.File, text}] {
			out = append(out, plan.DropAt(p.at))
			continue
		}
		there[in{p.at.File, text}] = true
		out = append(out, plan.ReplaceAt(p.at, text))
	}
	return out
}

// publicEntry tells whether a port looks like the one that the public uses.
func publicEntry(s project.Service, item portItem) bool {
	published := item.places[0].published
	return network.Entry(s) || published == "80" || published == "443"
}

var privilegedPort = plan.Rule{
	ID: "B023", Title: "Published ports are above 1023", Topic: "network",
	Severity: plan.Low, Class: plan.Advice,
	Sources: []plan.Source{{Name: plan.CIS, Item: "5.8"}},
	Why: "Ports below 1024 belong to the machine's own services: users expect, and firewalls often let through, what " +
		"only root may offer there. A container that answers on one is taken for the machine.",
	Fix: "Nothing is changed: which port clients use is theirs to know. 80 and 443 are common for the public entrance and only noted.",
	Detect: func(d *plan.Draft) []plan.Finding {
		var out []plan.Finding
		for _, s := range publishing(d) {
			for _, item := range portItems(d.Project, s) {
				first, _, ok := portRange(item.places[0].published)
				if !ok || first < 1 || first > 1023 || dropped(d, s.Name, item.key) {
					continue
				}
				f := plan.Finding{Service: s.Name, Key: item.key, At: item.positions(d.Project),
					Message: fmt.Sprintf("port %d of the machine is one that only root may open", first)}
				if first == 80 || first == 443 {
					f.Severity = plan.Info
				}
				out = append(out, f)
			}
		}
		return out
	},
}

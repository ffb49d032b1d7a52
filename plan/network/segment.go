package network

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"batten/plan"
	"batten/project"
)

// Intent is what else is decided and matters for the networks.
type Intent struct {
	// Closed are services whose published ports are all taken away, Joined those that
	// leave the machine's own network and then publish ports.
	Closed, Joined map[string]bool
	// Plaintext leaves overlay networks without encryption.
	Plaintext bool
}

func (in Intent) published(s project.Service) bool {
	return len(s.Config.Ports) > 0 && !in.Closed[s.Name] || in.Joined[s.Name]
}

// Purpose says what a network is for.
type Purpose string

const (
	ForServer Purpose = "server" // one server and its clients
	ForEdge   Purpose = "edge"   // services with published ports
	ForEgress Purpose = "egress" // services that reach the outside and publish nothing
	ForAlone  Purpose = "alone"  // one service that talks to nobody
)

// Network is one network of a division.
type Network struct {
	Name     string
	Purpose  Purpose
	Server   string // for ForServer and ForAlone
	Internal bool
	// Apart tells that members cannot reach each other: none of them talks to another.
	Apart   bool
	Members []string // sorted
	Subnet  string   // "" leaves it to the engine
}

// Segmentation is a division of a project into networks.
type Segmentation struct {
	// Needed is false when the project is divided well enough already, or cannot be:
	// there is nothing to change then.
	Needed bool
	Why    []plan.Evidence // why it is needed
	// Hidden is why a division may be needed that only a recording can make: of
	// services that may reach the outside nobody knows whether they do.
	Hidden []plan.Evidence
	// Networks are the new ones, by name.
	Networks []Network
	// Attached are all networks of each service that changes, sorted.
	Attached map[string][]string
	// Removed are networks of the file that nobody uses any more, sorted.
	Removed []string
	// Kept are networks that stay, with the reason; LeftOut are services that take
	// part in no network of the project.
	Kept    map[string]string
	LeftOut map[string]string
	// Unmeasured are services of which no recording shows whom they talk to, sorted.
	Unmeasured []string
	// Unheard are edges that no network carries today. None is made for them.
	Unheard []plan.Edge
	// Named are variables, labels and commands, "SERVICE: environment NAME", that name
	// a network that goes away as the engine knows it.
	Named []string
	// Groups says, for people, which services share a network without talking, and
	// which stores nobody is known to use.
	Groups []string

	current *current
	intent  Intent
}

// Segment divides a project:
//
//   - each server has a network with its clients, "SERVER_net", which is internal;
//   - services with published ports share "edge", and those that reach the outside
//     without publishing share "egress": the only new networks that lead out. Both
//     names matter: the engine sends what leaves a container through the network
//     whose name sorts first among those that lead out;
//   - a service that talks to nobody and needs no outside is alone on its network.
//
// Networks that cannot be replaced (made elsewhere, fixed addresses, other drivers)
// and their members' places on them stay.
func Segment(f plan.Facts, edges []plan.Edge, in Intent) Segmentation {
	c := newCurrent(f, edges, in)
	s := Segmentation{current: c, intent: in, Attached: map[string][]string{}, Kept: map[string]string{}, LeftOut: map[string]string{}, Unheard: c.unheard}
	for name, why := range c.kept {
		if len(c.members[name]) > 0 {
			s.Kept[name] = why
		}
	}
	for _, one := range f.Project.Services {
		if c.carrier[one.Name] == "" {
			s.LeftOut[one.Name] = leftOut(one)
		} else if !Sampled(f.Profiles[one.Name]) {
			s.Unmeasured = append(s.Unmeasured, one.Name)
		}
	}
	s.Why, s.Hidden = c.excess()
	if len(s.Why) == 0 {
		return s
	}
	s.Needed = true
	s.divide()
	s.remove()
	s.named()
	subnets(&s)
	s.report()
	return s
}

func leftOut(s project.Service) string {
	switch {
	case s.Provider != "":
		return "a program of the host stands in for it"
	case s.Config.NetworkMode == "host":
		return "it uses the network of the machine"
	case s.Config.NetworkMode == "none":
		return "it has no network"
	}
	return "it uses the network of another container"
}

// takesPart tells whether a carrier has a place on a network that is replaced.
func (c *current) takesPart(carrier string) bool {
	return slices.ContainsFunc(c.networks[carrier], func(n string) bool { return c.kept[n] == "" })
}

// divide makes the networks and the attachments.
func (s *Segmentation) divide() {
	c := s.current
	clients := map[string][]string{}
	for p := range c.talks {
		if !shares(c.keptOf(p.from), c.keptOf(p.to)) {
			clients[p.to] = append(clients[p.to], p.from)
		}
	}
	unique := newNamer(c.project)
	edge := Network{Purpose: ForEdge}
	egress := Network{Purpose: ForEgress}
	connected := map[string]bool{}
	for server, list := range clients {
		connected[server] = true
		for _, client := range list {
			connected[client] = true
		}
	}
	for _, carrier := range slices.Sorted(maps.Keys(c.riders)) {
		if !c.takesPart(carrier) {
			continue
		}
		switch {
		case c.public[carrier] && !c.leadsOut(carrier):
			edge.Members = append(edge.Members, carrier)
		case c.public[carrier]:
		case c.outside[carrier].Needed && !c.leadsOut(carrier):
			egress.Members = append(egress.Members, carrier)
		case c.outside[carrier].Needed, connected[carrier], len(c.keptOf(carrier)) > 0:
		default:
			s.Networks = append(s.Networks, Network{Name: unique.name(carrier + "_net"), Purpose: ForAlone, Server: carrier,
				Internal: true, Members: []string{carrier}})
		}
	}
	for _, server := range slices.Sorted(maps.Keys(clients)) {
		members := append(clients[server], server)
		slices.Sort(members)
		members = slices.Compact(members)
		if within(members, edge.Members) || within(members, egress.Members) {
			continue
		}
		s.Networks = append(s.Networks, Network{Name: unique.name(server + "_net"), Purpose: ForServer, Server: server,
			Internal: true, Members: members})
	}
	for _, open := range []Network{edge, egress} {
		if len(open.Members) > 0 {
			open.Name = unique.name(string(open.Purpose))
			open.Apart = c.canPart(open.Members)
			s.Networks = append(s.Networks, open)
		}
	}
	slices.SortFunc(s.Networks, func(a, b Network) int { return cmp.Compare(a.Name, b.Name) })
	s.attach()
}

func (s *Segmentation) attach() {
	c := s.current
	for carrier := range c.riders {
		if c.takesPart(carrier) {
			s.Attached[carrier] = c.keptOf(carrier)
		}
	}
	for _, n := range s.Networks {
		for _, m := range n.Members {
			if _, ok := s.Attached[m]; !ok {
				s.Attached[m] = slices.Clone(c.networks[m])
			}
			s.Attached[m] = append(s.Attached[m], n.Name)
		}
	}
	for _, list := range s.Attached {
		slices.Sort(list)
	}
}

// keptOf are the networks of a carrier that stay.
func (c *current) keptOf(carrier string) []string {
	var out []string
	for _, n := range c.networks[carrier] {
		if c.kept[n] != "" {
			out = append(out, n)
		}
	}
	return out
}

// leadsOut tells whether the networks that stay give a carrier the way out that it
// has today. One made elsewhere may be internal, and counts only where it is the
// carrier's only way.
func (c *current) leadsOut(carrier string) bool {
	sure, replaced := false, false
	for _, n := range c.networks[carrier] {
		switch {
		case !c.open(n):
		case c.kept[n] == "":
			replaced = true
		case !bool(c.project.Model.Networks[n].External):
			sure = true
		}
	}
	return sure || !replaced && slices.ContainsFunc(c.keptOf(carrier), c.open)
}

func within(members, all []string) bool {
	return !slices.ContainsFunc(members, func(m string) bool { _, found := slices.BinarySearch(all, m); return !found })
}

// remove finds the networks of the file that nobody uses any more.
func (s *Segmentation) remove() {
	c := s.current
	for name := range c.project.Model.Networks {
		if _, written := c.project.Lookup("networks", name); written && c.kept[name] == "" && len(c.members[name]) > 0 {
			s.Removed = append(s.Removed, name)
		}
	}
	slices.Sort(s.Removed)
}

// report names the groups that share a network without talking.
func (s *Segmentation) report() {
	for _, n := range s.Networks {
		switch {
		case n.Purpose == ForAlone && s.current.stores[n.Server]:
			s.Groups = append(s.Groups, "nobody is known to use "+n.Server+": it is alone on "+n.Name)
		case len(n.Members) < 2 || n.Apart:
		case n.Purpose == ForServer && len(n.Members) > 2:
			s.Groups = append(s.Groups, fmt.Sprintf("the %d clients of %s can reach each other on %s", len(n.Members)-1, n.Server, n.Name))
		case !n.Internal:
			s.Groups = append(s.Groups, fmt.Sprintf("the %d services on %s can reach each other", len(n.Members), n.Name))
		}
	}
}

// namer gives names that no network of the project has.
type namer struct {
	project *project.Project
	taken   map[string]bool
}

func newNamer(p *project.Project) *namer {
	n := &namer{p, map[string]bool{}}
	for name := range p.Model.Networks {
		n.taken[name] = true
	}
	return n
}

func (n *namer) name(want string) string {
	got := want
	for i := 2; n.used(got); i++ {
		got = fmt.Sprintf("%s%d", want, i)
	}
	n.taken[got] = true
	return got
}

func (n *namer) used(name string) bool {
	_, written := n.project.Lookup("networks", name)
	return written || n.taken[name]
}

package plan

import "slices"

// networkFacts is what scoring needs of who can reach whom and who does.
type networkFacts struct {
	size     map[string]int             // services on a network
	internal map[string]bool            // networks without a way out
	peers    map[string]map[string]bool // services that a service talks to, either way
	clients  map[string]int             // services that talk to a service
	servers  map[string]map[string]bool // services that a service talks to
	leaves   map[string]bool            // services that need the outside
	divided  map[string]*division       // what fixes make of the networks, by finding
}

func networkOf(f Facts) networkFacts {
	n := networkFacts{
		size: map[string]int{}, internal: map[string]bool{}, peers: map[string]map[string]bool{}, clients: map[string]int{},
		servers: map[string]map[string]bool{}, leaves: map[string]bool{}, divided: map[string]*division{},
	}
	for _, s := range f.Project.Services {
		n.peers[s.Name], n.servers[s.Name] = map[string]bool{}, map[string]bool{}
	}
	for _, s := range f.Project.Services {
		for _, name := range networksOf(&scored{facts: &f, service: s}) {
			n.size[name]++
		}
	}
	if f.Project.Model != nil {
		for name, c := range f.Project.Model.Networks {
			n.internal[name] = c.Internal
		}
	}
	for _, e := range f.Edges {
		if e.To == "internet" {
			n.leaves[e.From] = true
		}
		if n.peers[e.From] == nil || n.peers[e.To] == nil || e.From == e.To {
			continue
		}
		if !n.servers[e.From][e.To] {
			n.servers[e.From][e.To] = true
			n.clients[e.To]++
		}
		n.peers[e.From][e.To], n.peers[e.To][e.From] = true, true
	}
	return n
}

// networksOf are the networks that a service is on: the default one when it names
// none, none when it has a mode of its own.
func networksOf(c *scored) []string {
	s := c.service.Config
	if s.NetworkMode != "" && !c.swarm() {
		return nil
	}
	if len(s.Networks) == 0 {
		return []string{"default"}
	}
	var out []string
	for name := range s.Networks {
		out = append(out, name)
	}
	return out
}

func hostNetworkLost(c *scored) int {
	if c.service.Config.NetworkMode == "host" && !c.swarm() {
		return 15
	}
	return 0
}

// peersLost counts services on shared networks beyond those talked to, one for
// each network shared.
func peersLost(c *scored) int {
	reach := 0
	for _, name := range networksOf(c) {
		reach += c.network.size[name] - 1
	}
	return c.strangers(reach)
}

func (c *scored) strangers(reach int) int {
	return min(6, max(0, reach-len(c.network.peers[c.service.Name])))
}

// peersLeft counts who stays in reach on the networks that a fix makes. While it is
// not known which these are, it is taken to be one a server, shared by its clients:
// then the other clients of the servers that it uses stay.
func peersLeft(c *scored, f Finding) int {
	reach := 0
	if d := c.division(f); d != nil {
		for _, name := range d.networks[c.service.Name] {
			reach += d.size[name] - 1
		}
		return c.strangers(reach)
	}
	for server := range c.network.servers[c.service.Name] {
		reach += c.network.clients[server] - 1
	}
	return min(6, reach)
}

// egressLost is for a service that neither needs the outside nor publishes
// anything, for which it has to be on a network with a way out.
func egressLost(c *scored) int {
	if c.network.leaves[c.service.Name] || len(c.service.Config.Ports) > 0 || len(c.waysOut()) == 0 {
		return 0
	}
	return 3
}

// waysOut are the networks of a service that lead out.
func (c *scored) waysOut() []string {
	return slices.DeleteFunc(networksOf(c), func(name string) bool { return c.network.internal[name] })
}

// egressLeft is 0 when a fix closes the last way out.
func egressLeft(c *scored, f Finding) int {
	if d := c.division(f); d != nil {
		for _, name := range d.networks[c.service.Name] {
			if !d.internal[name] {
				return 3
			}
		}
		return 0
	}
	if out := c.waysOut(); f.Rule == "B024" || f.Service == "" && slices.Equal(out, []string{f.Key}) {
		return 0
	}
	return 3
}

package network

import (
	"fmt"
	"maps"
	"slices"

	"batten/plan"
)

// excess says what is wrong with the present division: pairs that share a network
// and have no business with each other, and services that a network leads out
// although they need no outside. It is empty when there is nothing to divide. Hidden
// are pairs that a division would leave together as long as nobody knows whether
// they need the outside.
func (c *current) excess() (out, hidden []plan.Evidence) {
	parts := 0
	for carrier := range c.riders {
		if c.takesPart(carrier) {
			parts++
		}
	}
	if parts < 2 {
		return nil, nil
	}
	clients, servers := map[string][]string{}, map[string][]string{}
	for p := range c.talks {
		clients[p.to] = append(clients[p.to], p.from)
		servers[p.from] = append(servers[p.from], p.to)
	}
	blockers := c.blockers()
	for _, name := range slices.Sorted(maps.Keys(c.members)) {
		if c.kept[name] != "" || c.apart(name) {
			continue
		}
		if text := c.strangers(name, clients, servers); text != "" {
			one := plan.Evidence{From: plan.FromCompose, Text: text}
			switch {
			case !c.group(name):
				out = append(out, one)
			case slices.ContainsFunc(c.members[name], func(m string) bool { return !c.public[m] && !c.outside[m].Known }):
				hidden = append(hidden, one)
			}
		}
		if text := c.exposed(name, blockers); text != "" {
			out = append(out, plan.Evidence{From: plan.FromCompose, Text: text})
		}
	}
	return out, hidden
}

// strangers describes a pair on a network that has no business: neither talks to the
// other, and they are not clients of one server.
func (c *current) strangers(network string, clients, servers map[string][]string) string {
	members := c.members[network]
	if len(members) < 2 {
		return ""
	}
	on := map[string]bool{}
	for _, m := range members {
		on[m] = true
	}
	for _, a := range members {
		met := map[string]bool{a: true}
		meet := func(list []string) {
			for _, one := range list {
				if on[one] {
					met[one] = true
				}
			}
		}
		meet(clients[a])
		for _, server := range servers[a] {
			if on[server] {
				met[server] = true
				meet(clients[server])
			}
		}
		if len(met) < len(members) {
			for _, b := range members {
				if !met[b] {
					return fmt.Sprintf("%d services share the network %s, among them %s and %s, which have nothing to do with each other", len(members), network, a, b)
				}
			}
		}
	}
	return ""
}

// group tells whether a network is the one of those who publish or of those who
// reach the outside, and its members cannot be kept apart.
func (c *current) group(network string) bool {
	members := c.members[network]
	if !c.open(network) || c.canPart(members) {
		return false
	}
	public := c.public[members[0]]
	for _, m := range members {
		if c.public[m] != public || !public && !c.outside[m].Needed {
			return false
		}
	}
	return true
}

// canPart tells whether members of a network can be kept from reaching each other:
// none talks to another or has copies, and the network is a bridge.
func (c *current) canPart(members []string) bool {
	if c.facts.Target == plan.TargetSwarm {
		return false
	}
	for _, m := range members {
		if cfg := c.services[m].Config; cfg.GetScale() > 1 {
			return false
		}
	}
	on := map[string]bool{}
	for _, m := range members {
		on[m] = true
	}
	for p := range c.talks {
		if on[p.from] && on[p.to] {
			return false
		}
	}
	return len(members) > 1
}

// apart tells whether a network of the file keeps its members from each other.
func (c *current) apart(network string) bool {
	return c.project.Model.Networks[network].DriverOpts[betweenContainers] == "false"
}

// betweenContainers is the option of a bridge that lets containers reach each other.
const betweenContainers = "com.docker.network.bridge.enable_icc"

// exposed describes a service that needs no outside and is on a network that leads
// there and has to, because another member has no other way.
func (c *current) exposed(network string, blockers map[string]string) string {
	if blockers[network] == "" {
		return ""
	}
	for _, m := range c.members[network] {
		if c.quiet(m) {
			return fmt.Sprintf("%s needs no way to the outside, and the network %s is one", m, network)
		}
	}
	return ""
}

// quiet tells whether a carrier neither publishes nor needs the outside.
func (c *current) quiet(carrier string) bool { return !c.public[carrier] && !c.outside[carrier].Needed }

// blockers are the networks that lead out and have a member that needs no outside,
// each with a member that would lose its published ports or its way out if the network
// became internal, "" when none would. Each counts on those before it to have
// become internal where they can.
func (c *current) blockers() map[string]string {
	out := map[string]string{}
	closed := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(c.members)) {
		n := c.project.Model.Networks[name]
		if !c.open(name) || bool(n.External) || !slices.ContainsFunc(c.members[name], c.quiet) {
			continue
		}
		out[name] = ""
		for _, m := range c.members[name] {
			if !c.quiet(m) && !slices.ContainsFunc(c.networks[m], func(other string) bool {
				return other != name && c.open(other) && !closed[other]
			}) {
				out[name] = m
				break
			}
		}
		closed[name] = out[name] == ""
	}
	return out
}

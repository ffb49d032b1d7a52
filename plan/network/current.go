package network

import (
	"maps"
	"slices"

	"batten/plan"
	"batten/project"
)

// current is how a project is connected now. Services that share a network name
// space count as one, the carrier.
type current struct {
	project  *project.Project
	facts    plan.Facts
	edges    []plan.Edge         // as inferred
	carrier  map[string]string   // service → who carries it, "" for nobody
	riders   map[string][]string // carrier → services it carries, itself first
	networks map[string][]string // carrier → networks, sorted
	members  map[string][]string // network → carriers, sorted
	kept     map[string]string   // network → why it stays as it is
	services map[string]project.Service
	outside  map[string]Outside // by carrier
	stores   map[string]bool    // carriers that carry nothing but stores
	public   map[string]bool    // carriers with a published port that stays published
	talks    map[pair]bool      // carriers that talk and can do so now
	unheard  []plan.Edge        // edges that no network carries now
}

func newCurrent(f plan.Facts, edges []plan.Edge, in Intent) *current {
	c := &current{
		project: f.Project, facts: f, edges: edges, carrier: carriers(f.Project),
		riders: map[string][]string{}, networks: map[string][]string{}, members: map[string][]string{},
		services: map[string]project.Service{}, outside: map[string]Outside{}, stores: map[string]bool{},
		public: map[string]bool{}, talks: map[pair]bool{},
	}
	for _, s := range f.Project.Services {
		c.services[s.Name] = s
		if in.Joined[s.Name] {
			c.carrier[s.Name] = s.Name
		}
	}
	c.kept = keptNetworks(f.Project)
	c.attach(in)
	c.need(in)
	c.talk()
	return c
}

func (c *current) attach(in Intent) {
	for _, s := range c.project.Services {
		carrier := c.carrier[s.Name]
		if carrier == "" {
			continue
		}
		if carrier != s.Name {
			c.riders[carrier] = append(c.riders[carrier], s.Name)
			continue
		}
		c.riders[carrier] = slices.Insert(c.riders[carrier], 0, s.Name)
		names := slices.Sorted(maps.Keys(s.Config.Networks))
		if len(names) == 0 {
			names = []string{"default"}
		}
		c.networks[s.Name] = names
		for _, n := range names {
			c.members[n] = append(c.members[n], s.Name)
		}
	}
	for _, list := range c.members {
		slices.Sort(list)
	}
}

func (c *current) need(in Intent) {
	reaches := map[string]plan.Evidence{}
	for _, e := range c.edges {
		if _, seen := reaches[e.From]; !seen && (e.To == Internet || e.To == Host) && len(e.Evidence) > 0 {
			reaches[e.From] = e.Evidence[0]
		}
	}
	for carrier, riders := range c.riders {
		all := Outside{Known: true}
		only := true
		for _, name := range riders {
			s := c.services[name]
			one := needs(c.facts, s)
			if evidence, ok := reaches[name]; ok {
				one = Outside{true, true, evidence}
			}
			if one.Needed && !all.Needed || all.Evidence.Text == "" {
				all.Evidence = one.Evidence
			}
			all.Needed = all.Needed || one.Needed
			all.Known = all.Known && one.Known
			_, _, store := Store(c.facts, s)
			only = only && store
		}
		// Who has no way out today gets none.
		if !slices.ContainsFunc(c.networks[carrier], c.open) {
			all.Needed = false
		}
		c.outside[carrier] = all
		c.stores[carrier] = only
		c.public[carrier] = in.published(c.services[carrier])
	}
}

// open tells whether a network leads out.
func (c *current) open(network string) bool {
	n, ok := c.project.Model.Networks[network]
	return !ok || !n.Internal
}

func (c *current) talk() {
	for _, e := range c.edges {
		from, to := c.carrier[e.From], c.carrier[e.To]
		if from == "" || to == "" || from == to || e.From == Internet {
			continue
		}
		if !c.together(from, to) {
			c.unheard = append(c.unheard, e)
			continue
		}
		c.talks[pair{from, to}] = true
	}
}

// together tells whether two carriers share a network.
func (c *current) together(a, b string) bool { return shares(c.networks[a], c.networks[b]) }

func shares(a, b []string) bool {
	return slices.ContainsFunc(a, func(n string) bool { return slices.Contains(b, n) })
}

// keptNetworks are the networks that stay as they are, with the reason.
func keptNetworks(p *project.Project) map[string]string {
	out := map[string]string{}
	for name, n := range p.Model.Networks {
		switch {
		case bool(n.External):
			out[name] = "it is made elsewhere"
		case n.Driver != "" && n.Driver != "bridge" && n.Driver != "overlay":
			out[name] = "its driver is another than the engine's usual ones"
		case n.EnableIPv6 != nil && *n.EnableIPv6:
			out[name] = "it has IPv6 addresses"
		case n.Attachable:
			out[name] = "containers of others may join it"
		}
	}
	for _, s := range p.Services {
		for name, own := range s.Config.Networks {
			if own != nil && out[name] == "" && (own.Ipv4Address != "" || own.Ipv6Address != "" || own.MacAddress != "" ||
				len(own.LinkLocalIPs) > 0 || len(own.DriverOpts) > 0 || own.InterfaceName != "") {
				out[name] = "a service has a fixed address on it"
			}
		}
	}
	return out
}

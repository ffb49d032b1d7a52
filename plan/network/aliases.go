package network

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

// aliases are the names, by carrier, that a service has on the networks that are
// replaced and would not have on new ones by itself: the aliases of the file, those
// that links of others give it, its host name, names followed by a network that goes
// away, and, for a stack, which drops it, the name of its container.
func (s *Segmentation) aliases() map[string][]string {
	c := s.current
	byName := newNames(c.project)
	out := map[string][]string{}
	add := func(carrier, name string) {
		if name != "" && name != carrier && !slices.Contains(out[carrier], name) {
			out[carrier] = append(out[carrier], name)
		}
	}
	// A name that another service answers to by itself must not become ambiguous.
	free := func(carrier, name string) bool {
		return !slices.ContainsFunc(byName.find(name), func(other string) bool { return c.carrier[other] != carrier })
	}
	for carrier := range s.Attached {
		cfg := c.services[carrier].Config
		for _, network := range c.networks[carrier] {
			if own := cfg.Networks[network]; own != nil && c.kept[network] == "" {
				for _, alias := range own.Aliases {
					add(carrier, alias)
				}
			}
		}
		for _, name := range []string{cfg.Hostname, s.stackName(cfg)} {
			if name != cfg.ContainerName || c.facts.Target == plan.TargetSwarm {
				if free(carrier, name) {
					add(carrier, name)
				}
			}
		}
	}
	for link, carrier := range s.links() {
		if carrier != "" && free(carrier, link) {
			add(carrier, link)
		}
	}
	for name, carrier := range s.dotted(byName) {
		add(carrier, name)
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}

func (s *Segmentation) stackName(cfg *project.ServiceConfig) string {
	if s.current.facts.Target == plan.TargetSwarm {
		return cfg.ContainerName
	}
	return ""
}

// links are the names that links give; one given to two services is "".
func (s *Segmentation) links() map[string]string {
	c := s.current
	out := map[string]string{}
	for _, one := range c.project.Services {
		for _, link := range one.Config.Links {
			name, alias, _ := strings.Cut(link, ":")
			carrier := c.carrier[name]
			if alias == "" || carrier == "" || s.Attached[carrier] == nil {
				continue
			}
			if before, seen := out[alias]; seen && before != carrier {
				carrier = ""
			}
			out[alias] = carrier
		}
	}
	return out
}

// dotted are names with a network behind, such as db.shop_default, that variables
// and commands use.
func (s *Segmentation) dotted(byName names) map[string]string {
	c := s.current
	out := map[string]string{}
	look := func(text string, kind textKind) {
		for _, r := range byName.references(text, kind) {
			if !strings.Contains(r.spelled, ".") || len(r.services) != 1 {
				continue
			}
			carrier := c.carrier[r.services[0]]
			for _, network := range c.networks[carrier] {
				if c.kept[network] == "" && strings.HasSuffix(r.spelled, "."+networkName(c.project, network)) {
					out[r.spelled] = carrier
				}
			}
		}
	}
	for _, one := range c.project.Services {
		for _, value := range one.Config.Environment {
			if value != nil {
				look(*value, settingText)
				look("host="+strings.TrimSpace(*value), settingText)
			}
		}
		look(strings.Join(one.Config.Command, " "), commandText)
	}
	return out
}

// attachment is what a service says of its networks: a list of names, or a mapping
// where it has more to say.
func (s *Segmentation) attachment(carrier string, aliases []string) any {
	c := s.current
	var m plan.Map
	plain := true
	for _, name := range s.Attached[carrier] {
		var own plan.Map
		if c.kept[name] != "" {
			own = written(c.project, c.services[carrier], name)
		} else if n := s.network(name); len(aliases) > 0 && (n.Server == carrier || !n.Internal) {
			own = plan.Map{{Key: "aliases", Value: texts(aliases)}}
		}
		plain = plain && len(own) == 0
		if own == nil {
			own = plan.Map{}
		}
		m = append(m, plan.Pair{Key: name, Value: own})
	}
	if plain {
		return texts(s.Attached[carrier])
	}
	return m
}

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, one := range list {
		out[i] = one
	}
	return out
}

func (s *Segmentation) network(name string) Network {
	i, ok := slices.BinarySearchFunc(s.Networks, name, func(n Network, name string) int { return cmp.Compare(n.Name, name) })
	if !ok {
		return Network{}
	}
	return s.Networks[i]
}

// written is what a service says of a network that stays, as it is written where it
// is text, so that variables stay variables.
func written(p *project.Project, service project.Service, network string) plan.Map {
	own := service.Config.Networks[network]
	if own == nil {
		return nil
	}
	var out plan.Map
	text := func(key, value string) {
		if value == "" {
			return
		}
		if w, ok := p.Lookup("services", service.Name, "networks", network, key); ok && w.Text != "" {
			value = w.Text
		}
		out = append(out, plan.Pair{Key: key, Value: value})
	}
	if len(own.Aliases) > 0 {
		out = append(out, plan.Pair{Key: "aliases", Value: texts(own.Aliases)})
	}
	text("ipv4_address", own.Ipv4Address)
	text("ipv6_address", own.Ipv6Address)
	text("mac_address", own.MacAddress)
	text("interface_name", own.InterfaceName)
	if len(own.LinkLocalIPs) > 0 {
		out = append(out, plan.Pair{Key: "link_local_ips", Value: texts(own.LinkLocalIPs)})
	}
	if len(own.DriverOpts) > 0 {
		var options plan.Map
		for _, key := range slices.Sorted(maps.Keys(own.DriverOpts)) {
			options = append(options, plan.Pair{Key: key, Value: own.DriverOpts[key]})
		}
		out = append(out, plan.Pair{Key: "driver_opts", Value: options})
	}
	if own.Priority != 0 {
		out = append(out, plan.Pair{Key: "priority", Value: own.Priority})
	}
	if own.GatewayPriority != 0 {
		out = append(out, plan.Pair{Key: "gw_priority", Value: own.GatewayPriority})
	}
	return out
}

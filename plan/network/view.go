package network

import (
	"maps"
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

// Closable are the networks of the file that lead out although a member needs no
// outside, each with the service that keeps it from becoming internal, "" when
// nothing does.
func (s *Segmentation) Closable() map[string]string { return s.current.blockers() }

// Quiet are the services on a network that neither publish nor need the outside.
func (s *Segmentation) Quiet(network string) []string {
	var out []string
	for _, m := range s.current.members[network] {
		if s.current.quiet(m) {
			out = append(out, m)
		}
	}
	return out
}

// Replaces tells whether a network goes away when the division is made.
func (s *Segmentation) Replaces(network string) bool {
	return s.Needed && s.current.kept[network] == "" && len(s.current.members[network]) > 0
}

// IsStore tells whether a service, with those that share its network, is nothing
// but a store.
func (s *Segmentation) IsStore(service string) bool { return s.current.stores[service] }

// Public tells whether a service has a published port that stays.
func (s *Segmentation) Public(service string) bool { return s.current.public[service] }

// Outside says whether a service has to reach the outside.
func (s *Segmentation) Outside(service string) Outside { return s.current.outside[service] }

// Talking counts the pairs of services that talk and share a network now.
func (s *Segmentation) Talking() int { return len(s.current.talks) }

// Enclosed are services whose ports are published in vain, because all their networks
// are internal, sorted.
func (s *Segmentation) Enclosed() []string {
	var out []string
	for _, carrier := range slices.Sorted(maps.Keys(s.current.networks)) {
		if s.current.public[carrier] && !slices.ContainsFunc(s.current.networks[carrier], s.current.open) {
			out = append(out, carrier)
		}
	}
	return out
}

// Edge is a new network for published ports of the services given, and what makes
// it.
func (s *Segmentation) Edge(services []string) (name string, declare plan.Change) {
	n := Network{Name: newNamer(s.current.project).name(string(ForEdge)), Purpose: ForEdge, Members: services,
		Apart: s.current.canPart(services)}
	return n.Name, plan.Change{Op: plan.Set, Path: project.Path{"networks", n.Name}, Value: s.Declaration(n)}
}

// Join is the change that puts a service on one more network.
func (s *Segmentation) Join(service, network string) plan.Change {
	c := s.current
	names := append(slices.Clone(c.networks[service]), network)
	slices.Sort(names)
	m := plan.Map{}
	plain := true
	for _, name := range names {
		own := written(c.project, c.services[service], name)
		plain = plain && own == nil
		if own == nil {
			own = plan.Map{}
		}
		m = append(m, plan.Pair{Key: name, Value: own})
	}
	if plain {
		return plan.SetService(service, texts(names), "networks")
	}
	return plan.SetService(service, m, "networks")
}

// named finds what names a network that goes away: by the engine's name for it, which
// begins with that of the project, or where a network is spoken of.
func (s *Segmentation) named() {
	c := s.current
	gone := map[string]bool{}
	for name := range c.members {
		if c.kept[name] == "" {
			gone[networkName(c.project, name)] = true
		}
	}
	names := func(text, key string) bool {
		spoken := strings.Contains(strings.ToLower(key), "network")
		return slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool { return r > 0x7f || !hostByte(byte(r)) }),
			func(word string) bool {
				return gone[word] && (spoken || strings.HasPrefix(word, c.project.Name+"_"))
			})
	}
	for _, one := range c.project.Services {
		for _, key := range slices.Sorted(maps.Keys(one.Config.Environment)) {
			if value := one.Config.Environment[key]; value != nil && names(*value, key) {
				s.Named = append(s.Named, one.Name+": environment "+key)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(one.Config.Labels)) {
			if names(one.Config.Labels[key], key) {
				s.Named = append(s.Named, one.Name+": label "+key)
			}
		}
		if command := strings.Join(one.Config.Command, " "); names(command, command) {
			s.Named = append(s.Named, one.Name+": command")
		}
	}
}

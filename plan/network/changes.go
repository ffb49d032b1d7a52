package network

import (
	"maps"
	"slices"

	"batten/plan"
	"batten/project"
)

// Changes are the edits that make a segmentation. They belong together: a part of
// them cuts services off from each other.
func (s *Segmentation) Changes() []plan.Change {
	if !s.Needed {
		return nil
	}
	var out []plan.Change
	for _, n := range s.Networks {
		out = append(out, plan.Change{Op: plan.Set, Path: project.Path{"networks", n.Name}, Value: s.Declaration(n)})
	}
	aliases := s.aliases()
	for _, service := range slices.Sorted(maps.Keys(s.Attached)) {
		out = append(out, plan.SetService(service, s.attachment(service, aliases[service]), "networks"))
	}
	for _, name := range s.Removed {
		out = append(out, plan.Change{Op: plan.Remove, Path: project.Path{"networks", name}})
	}
	return out
}

// Declaration is what a compose file says of a new network.
func (s *Segmentation) Declaration(n Network) plan.Map {
	out := plan.Map{}
	options := s.carriedOver()
	if s.current.facts.Target == plan.TargetSwarm {
		out = append(out, plan.Pair{Key: "driver", Value: "overlay"})
		if !s.intent.Plaintext {
			options[encrypted] = ""
		}
	}
	if n.Internal {
		out = append(out, plan.Pair{Key: "internal", Value: true})
	}
	if n.Apart {
		options[betweenContainers] = "false"
	}
	if len(options) > 0 {
		var m plan.Map
		for _, key := range slices.Sorted(maps.Keys(options)) {
			m = append(m, plan.Pair{Key: key, Value: options[key]})
		}
		out = append(out, plan.Pair{Key: "driver_opts", Value: m})
	}
	if n.Subnet != "" {
		out = append(out, plan.Pair{Key: "ipam", Value: plan.Map{
			{Key: "config", Value: []any{plan.Map{{Key: "subnet", Value: n.Subnet}}}},
		}})
	}
	return out
}

// encrypted is the option that encrypts an overlay network.
const encrypted = "encrypted"

// mtu is the option that a network inherits from the one it replaces: where the
// machine needs it, packets get lost without.
const mtu = "com.docker.network.driver.mtu"

func (s *Segmentation) carriedOver() map[string]string {
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(s.current.members)) {
		if value := s.current.project.Model.Networks[name].DriverOpts[mtu]; value != "" && s.current.kept[name] == "" {
			out[mtu] = value
			break
		}
	}
	return out
}

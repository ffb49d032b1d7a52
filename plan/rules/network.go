package rules

import (
	"slices"

	"batten/plan"
	"batten/plan/network"
	"batten/project"
)

// networkRules in the order of evaluation: which ports stay published is decided
// before the networks are divided, and the division before what is said of single
// networks.
var networkRules = []plan.Rule{
	hostNetwork, storePublished, unservedPort, publishedEverywhere, privilegedPort,
	flatNetwork, openStoreNetwork, needlessEgress, enclosedPort,
	hostReached, plainOverlay, unguardedService,
}

// edgesOf are who talks to whom.
func edgesOf(d *plan.Draft) []plan.Edge {
	if d.Edges != nil {
		return d.Edges
	}
	return network.Infer(d.Facts, nil)
}

// segmentation divides the project as far as decided until now.
func segmentation(d *plan.Draft) network.Segmentation {
	intent := network.Intent{Closed: map[string]bool{}, Joined: map[string]bool{}, Plaintext: turnedOff(d, plainOverlayID)}
	for _, s := range d.Project.Services {
		intent.Joined[s.Name] = d.Applied("B018", s.Name, "")
		intent.Closed[s.Name] = closed(d, s)
	}
	return network.Segment(d.Facts, edgesOf(d), intent)
}

// closed tells whether all ports of a service are taken away by decisions.
func closed(d *plan.Draft, s project.Service) bool {
	items := portItems(d.Project, s)
	return len(items) > 0 && len(unwrittenPorts(s, items)) == 0 &&
		!slices.ContainsFunc(items, func(i portItem) bool { return !dropped(d, s.Name, i.key) })
}

// dropped tells whether a decision takes a published port away.
func dropped(d *plan.Draft, service, key string) bool {
	return d.Applied("B022", service, key) || d.Applied("B021", service, key)
}

// turnedOff tells whether the user wants nothing of a rule.
func turnedOff(d *plan.Draft, rule string) bool {
	return slices.ContainsFunc(d.Settings.Choices, func(s plan.Setting) bool {
		return s.Rule == rule && s.Service == "" && s.Key == "" && s.Apply != nil && !*s.Apply
	})
}

// publishing are the services whose ports are published: those on networks, or about
// to be.
func publishing(d *plan.Draft) []project.Service {
	var out []project.Service
	for _, s := range d.Project.Services {
		if m := s.Config.NetworkMode; s.Provider == "" && (m == "" || m == "bridge" || m == "default" || d.Applied("B018", s.Name, "")) {
			out = append(out, s)
		}
	}
	return out
}

package rules

import (
	"fmt"
	"maps"
	"slices"

	"batten/plan"
	"batten/project"
)

const plainOverlayID = "B058"

var plainOverlay = plan.Rule{
	ID: plainOverlayID, Title: "Overlay networks are encrypted", Topic: "network",
	Severity: plan.Medium, Class: plan.Certain,
	Sources: []plan.Source{{Name: plan.CIS, Item: "7.3"}, {Name: plan.DockerDocs, Item: "overlay networks"}},
	Why: "An overlay network carries packets between nodes as they are: whoever sees the wire between two nodes reads and changes " +
		"what services say to each other. Only the traffic of the cluster itself is encrypted by default.",
	Fix:    "The network gets driver_opts: encrypted, for IPsec between the nodes.",
	Breaks: "Nodes need the protocol ESP between each other. It costs throughput. Windows nodes cannot join.",
	Detect: detectPlainOverlay,
}

func detectPlainOverlay(d *plan.Draft) []plan.Finding {
	replaced := func(string) bool { return false }
	if d.Applied("B024", "", "") {
		s := segmentation(d)
		replaced = s.Replaces
	}
	var out []plan.Finding
	for _, name := range slices.Sorted(maps.Keys(d.Project.Model.Networks)) {
		n := d.Project.Model.Networks[name]
		overlay := n.Driver == "overlay" || n.Driver == "" && d.Target == plan.TargetSwarm
		if value, ok := n.DriverOpts["encrypted"]; bool(n.External) || !overlay || replaced(name) || ok && value != "false" {
			continue
		}
		change := plan.Change{Op: plan.Set, Path: project.Path{"networks", name, "driver_opts", "encrypted"}, Value: ""}
		changes := []plan.Change{change}
		if n.Driver == "" {
			changes = append(changes, plan.Change{Op: plan.Set, Path: project.Path{"networks", name, "driver"}, Value: "overlay"})
		}
		out = append(out, plan.Finding{Key: name, At: networkPlace(d, "networks", name),
			Message: fmt.Sprintf("the overlay network %s is not encrypted", name),
			Fix:     &plan.Fix{Summary: "encrypt " + name, Changes: changes, Risk: "nodes that do not let ESP through to each other lose the network"}})
	}
	return out
}

package engine

import (
	"slices"

	"batten/plan"
	"batten/project"
)

// ChecklistItem is one point of the ten that a service is held against.
type ChecklistItem struct {
	Text  string   `json:"text"`
	Rules []string `json:"rules"` // that stand behind it
	// Now and Then tell whether the point holds before and after hardening.
	Now  bool `json:"now"`
	Then bool `json:"then"`
	// Void is true when the point means nothing for the service: an image that is built
	// here has no digest to pin.
	Void bool `json:"void,omitempty"`
}

// checklistRules are the ten points and the rules behind each.
var checklistRules = []struct {
	text  string
	rules []string
}{
	{"the image is pinned by digest", []string{"B045", "B046"}},
	{"it does not run as root", []string{"B012", "B013"}},
	{"capabilities are dropped, nothing is privileged", []string{"B002", "B004", "B005"}},
	{"it cannot gain privileges", []string{"B003"}},
	{"system calls are filtered to what it makes", []string{"B014"}},
	{"its root file system is read-only", []string{"B008"}},
	{"memory, processors and processes are limited", []string{"B028", "B029", "B030"}},
	{"secrets are files, not environment", []string{"B040", "B041", "B042"}},
	{"it reaches only the services that it talks to", []string{"B018", "B020", "B022", "B024", "B025"}},
	{"its health is checked", []string{"B033", "B034"}},
}

// checklist ticks the ten points of a service. Findings of the project as a whole
// count for every service.
func checklist(p *plan.Plan, s project.Service) []ChecklistItem {
	service := s.Name
	open, left := map[string]bool{}, map[string]bool{}
	for _, d := range p.Decisions {
		if s := d.Finding.Service; s != service && s != "" {
			continue
		}
		open[d.Finding.Rule] = true
		left[d.Finding.Rule] = left[d.Finding.Rule] || !d.Apply
	}
	out := make([]ChecklistItem, len(checklistRules))
	for i, c := range checklistRules {
		out[i] = ChecklistItem{Text: c.text, Rules: c.rules, Now: true, Then: true}
		if s.Build && slices.Contains(c.rules, "B046") {
			out[i].Void, out[i].Now, out[i].Then = true, false, false
			continue
		}
		for _, r := range c.rules {
			out[i].Now = out[i].Now && !open[r]
			out[i].Then = out[i].Then && !left[r]
		}
	}
	return out
}

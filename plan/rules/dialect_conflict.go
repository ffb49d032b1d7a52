package rules

import (
	"strconv"

	"batten/plan"
	"batten/project"
)

var conflictingLimits = plan.Rule{
	ID:       "B057",
	Title:    "A limit is written once",
	Topic:    "dialects",
	Severity: plan.Low,
	Class:    plan.Certain,
	Sources:  []plan.Source{{Name: plan.ComposeSpec, Item: "deploy.resources"}},
	Why: "mem_limit and cpus mean the same as deploy.resources.limits. Compose v2 refuses a service that has both with different values, or one " +
		"with a deploy section that lacks the other, so that a later edit of one of the two keeps the whole project from starting.",
	Fix: "Takes the service's own key away where deploy says the same. Values that differ are reported: " +
		"only you know which is meant.",
	Breaks: "",
	Detect: detectConflictingLimits,
}

// twin is one limit in its two spellings: values as text, "" where it is not set.
type twin struct {
	key, inDeploy   string
	service, deploy string
}

func twins(s project.Service) []twin {
	c, l := s.Config, s.Config.Deploy.Resources.Limits
	number := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	share := func(n float32) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatFloat(float64(n), 'f', -1, 32)
	}
	return []twin{
		{"mem_limit", "memory", number(int64(c.MemLimit)), number(int64(l.MemoryBytes))},
		{"cpus", "cpus", share(c.CPUS), share(l.NanoCPUs.Value())},
		{"pids_limit", "pids", number(c.PidsLimit), number(l.Pids)},
	}
}

func detectConflictingLimits(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		if !deployLimited(s) {
			continue
		}
		for _, t := range twins(s) {
			if t.service == "" {
				continue
			}
			f := plan.Finding{Service: s.Name, Key: t.key, At: written(d, s, t.key),
				Message: t.key + " says again what deploy.resources.limits." + t.inDeploy + " says",
				Fix:     &plan.Fix{Summary: "take " + t.key + " away", Changes: []plan.Change{plan.RemoveService(s.Name, t.key)}}}
			if t.deploy != t.service {
				f.Severity = plan.Medium
				f.Message = "Compose v2 refuses " + t.key + " beside deploy.resources.limits, which says something else or nothing of it"
				f.Fix.Changes = nil
				f.Fix.Blocked = "only you know which of the two is meant: keep one"
			}
			out = append(out, f)
		}
	}
	return out
}

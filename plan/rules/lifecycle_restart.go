package rules

import (
	"fmt"
	"regexp"
	"strings"

	"batten/plan"
	"batten/project"
)

var restartLimit = plan.Rule{
	ID:       "B032",
	Title:    "A failing service is restarted a limited number of times",
	Topic:    "lifecycle",
	Severity: plan.Medium,
	Class:    plan.Choice,
	Sources: []plan.Source{
		{Name: plan.CIS, Item: "5.15"}, {Name: plan.GuideTips, Item: "tip 25"},
	},
	Why: "A service that fails at once and is restarted for ever keeps the processor and the disk busy, fills the log, and " +
		"gives an attacker who has to guess (an address, a race) as many tries as he wants. A limit turns the loop into " +
		"a stopped container that somebody notices.",
	Fix: "on-failure:5, five tries after a failure. An unlimited on-failure is changed by default. always and " +
		"unless-stopped are left unless you choose, because they also bring a service back after the machine has " +
		"restarted. deploy.restart_policy, which counts more than restart in every reader, is changed where it is written.",
	Breaks: "After five failures in a row the service stays down until somebody starts it. A service that ended without " +
		"an error, and by some engines one that was stopped with the machine, is not started again.",
	Detect: detectRestartLimit,
}

// restarts are the policies that can be chosen.
var restarts = regexp.MustCompile(`^(no|on-failure:[1-9][0-9]{0,3})$`)

const fiveTries = "on-failure:5"

func detectRestartLimit(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		var f *plan.Finding
		switch c := s.Config; {
		case c.Deploy != nil && c.Deploy.RestartPolicy != nil:
			f = deployRestart(s)
		case c.Restart == "" && d.Target == plan.TargetSwarm:
			f = &plan.Finding{Severity: plan.Low, Message: "a stack restarts it without end, since no policy is set", Fix: &plan.Fix{Off: true}}
		default:
			f = serviceRestart(c.Restart)
		}
		if f == nil {
			continue
		}
		f.Service = s.Name
		limitRestarts(d, s, f)
		out = append(out, *f)
	}
	return out
}

func serviceRestart(policy string) *plan.Finding {
	name, tries, _ := strings.Cut(policy, ":")
	switch {
	case name == "always" || name == "unless-stopped":
		return &plan.Finding{
			Message: "is restarted without end (" + name + ")",
			Fix: &plan.Fix{Off: true,
				Notes: []string{name + " also starts the service again after the machine has restarted: with on-failure:5 something else has to, such as a unit that runs docker-compose up -d"}},
		}
	case name == "on-failure" && (tries == "" || strings.Trim(tries, "0") == ""):
		return &plan.Finding{Message: "is restarted after failures without end", Fix: &plan.Fix{}}
	}
	return nil
}

func deployRestart(s project.Service) *plan.Finding {
	policy := s.Config.Deploy.RestartPolicy
	switch {
	case policy.Condition == "none" || policy.MaxAttempts != nil && *policy.MaxAttempts > 0:
		return nil
	case policy.Condition == "on-failure":
		return &plan.Finding{Message: "is restarted after failures without end (deploy.restart_policy)", Fix: &plan.Fix{}}
	}
	return &plan.Finding{
		Message: "is restarted without end (deploy.restart_policy)",
		Fix: &plan.Fix{Off: true,
			Notes: []string{"the condition any also restarts a service that ended without an error"}},
	}
}

func limitRestarts(d *plan.Draft, s project.Service, f *plan.Finding) {
	f.Fix.Value = fiveTries
	f.Fix.Options = []string{fiveTries, "on-failure:10", "no"}
	f.Fix.Summary = "restart on failure only, limited"
	if chosen := d.Value("B032", s.Name, f.Key); chosen != "" {
		if !restarts.MatchString(chosen) {
			f.Fix.Blocked = fmt.Sprintf("batten.yaml: %q is no limited policy: write no or on-failure:5", chosen)
			return
		}
		f.Fix.Value, f.Fix.Off = chosen, false
	}
	f.Fix.Summary = "restart: " + f.Fix.Value
	inDeploy := d.Target == plan.TargetSwarm || s.Config.Deploy != nil && s.Config.Deploy.RestartPolicy != nil
	if !inDeploy {
		f.At = written(d, s, "restart")
		f.Fix.Changes = []plan.Change{plan.SetService(s.Name, f.Fix.Value, "restart")}
		return
	}
	f.At = written(d, s, "deploy", "restart_policy")
	f.Fix.Summary = "deploy.restart_policy: " + f.Fix.Value
	f.Fix.Changes = restartPolicy(s.Name, f.Fix.Value)
}

// restartPolicy spells "no" and "on-failure:N" in a deploy section.
func restartPolicy(service, policy string) []plan.Change {
	set := func(key string, value any) plan.Change {
		return plan.SetService(service, value, "deploy", "restart_policy", key)
	}
	_, tries, limited := strings.Cut(policy, ":")
	if !limited {
		return []plan.Change{set("condition", "none")}
	}
	n := 0
	for _, c := range tries { // digits, at most four: the pattern says so
		n = 10*n + int(c-'0')
	}
	return []plan.Change{set("condition", "on-failure"), set("max_attempts", n)}
}

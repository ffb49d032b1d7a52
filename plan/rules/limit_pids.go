package rules

import (
	"fmt"
	"strconv"

	"batten/plan"
	"batten/project"
)

var pidsLimit = plan.Rule{
	ID:       "B030",
	Title:    "The number of processes is limited",
	Topic:    "limits",
	Severity: plan.Medium,
	Class:    plan.Measured,
	Needs:    []plan.Need{plan.NeedCompose},
	Sources: []plan.Source{
		{Name: plan.CIS, Item: "5.29"}, {Name: plan.OWASP, Item: "RULE #7"}, {Name: plan.GuideTips, Item: "tip 24"},
		{Name: plan.GuideSecuring},
	},
	Why: "Processes and threads are numbered from one pool that all of the machine shares. A program that starts " +
		"copies of itself without end, a fork bomb, empties it, and then nobody can start anything, not even a shell to stop it.",
	Fix: "Sets the limit to twice the processes and threads that were recorded at once, and to no less than 64. No " +
		"spelling is understood by every reader: docker-compose 1.29 knows pids_limit alone, Compose v2 wants " +
		"deploy.resources.limits.pids, and a version 3.8 stack knows neither. So batten writes it to a small extra " +
		"compose file for the program that was found, which is given after the main one.",
	Breaks: "A service that needs more fails to start threads or processes: \"resource temporarily unavailable\" in its " +
		"log. Health checks and commands executed by hand count, too.",
	Detect: detectPidsLimit,
}

// keyPids is the key of the findings about processes: their values go to the extra
// file.
const keyPids = "pids"

const leastPids = 64

func detectPidsLimit(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		if s.Config.PidsLimit > 0 || deployLimited(s) && s.Config.Deploy.Resources.Limits.Pids > 0 {
			continue
		}
		f := plan.Finding{Service: s.Name, Key: keyPids, Message: "may start processes without end", At: written(d, s), Fix: &plan.Fix{}}
		setPids(d, s, &f)
		out = append(out, f)
	}
	return out
}

func setPids(d *plan.Draft, s project.Service, f *plan.Finding) {
	f.Fix.Summary = "limit the number of processes"
	if d.Target == plan.TargetSwarm {
		f.Fix.Blocked = "version 3.8 of a stack file has no limit of processes, 3.9 has; docker service update --limit-pids sets it afterwards"
		return
	}
	if seen := resourcesOf(d, s.Name); seen != nil && seen.Processes > 0 {
		f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromRecording,
			Text: fmt.Sprintf("at most %d processes and threads ran at once", seen.Processes)})
		f.Fix.Value = strconv.FormatUint(neat(2*min(seen.Processes, 1<<22), leastPids), 10)
		f.Fix.Risk = peakRisk(d.Profile(s.Name))
	}
	if chosen := d.Value("B030", s.Name, f.Key); chosen != "" {
		n, err := strconv.ParseUint(chosen, 10, 22)
		if err != nil || n == 0 {
			f.Fix.Blocked = fmt.Sprintf("batten.yaml: %q is no number of processes from 1 to 4194303", chosen)
			return
		}
		f.Fix.Value, f.Fix.Risk = strconv.FormatUint(n, 10), ""
		f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromSettings, Text: "chosen: " + f.Fix.Value})
	}
	if f.Fix.Value == "" {
		unmeasured(f.Fix, s.Name, "how many processes it needs")
		return
	}
	if !limitsInService(d, s) {
		f.Fix.Summary = "limit processes and threads to " + f.Fix.Value + ", in an extra file for the compose program found"
		return
	}
	n, err := strconv.ParseInt(f.Fix.Value, 10, 64)
	if err != nil {
		return
	}
	f.Fix.Summary = "limit processes and threads to " + f.Fix.Value
	f.Fix.Changes = []plan.Change{plan.SetService(s.Name, n, "pids_limit")}
}

package rules

import (
	"fmt"
	"math"
	"strconv"

	"batten/plan"
	"batten/project"
)

var cpuLimit = plan.Rule{
	ID:       "B029",
	Title:    "Processor time is limited",
	Topic:    "limits",
	Severity: plan.Low,
	Class:    plan.Measured,
	Needs:    []plan.Need{plan.NeedCompose},
	Sources: []plan.Source{
		{Name: plan.CIS, Item: "5.12"}, {Name: plan.OWASP, Item: "RULE #7"}, {Name: plan.GuideTips, Item: "tip 23"},
		{Name: plan.GuideSecuring},
	},
	Why: "A service without a limit may use every processor: an endless loop, or a miner that an attacker has " +
		"brought in, takes the time that the other services need.",
	Fix: "Sets the limit to twice the peak that was recorded over one second, in quarters of a processor. It never " +
		"asks for more processors than the recording proves the machine to have, since the engine refuses to start " +
		"such a container. It is written as text, deploy.resources.limits.cpus: \"0.5\": strict readers refuse a number.",
	Breaks: "A service that hits the limit is slowed down, not killed: requests take longer, and health checks with a " +
		"short timeout may fail while it starts.",
	Detect: detectCPULimit,
}

// leastCPU is a quarter of a processor, in thousandths.
const leastCPU = 250

func detectCPULimit(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		c := s.Config
		if c.CPUS > 0 || c.CPUQuota > 0 || deployLimited(s) && c.Deploy.Resources.Limits.NanoCPUs > 0 {
			continue
		}
		f := plan.Finding{Service: s.Name, Message: "may use all processors of the machine", At: written(d, s), Fix: &plan.Fix{}}
		setCPU(d, s, &f)
		out = append(out, f)
	}
	return out
}

func setCPU(d *plan.Draft, s project.Service, f *plan.Finding) {
	f.Fix.Summary = "limit processor time"
	if seen := resourcesOf(d, s.Name); seen != nil && seen.MilliCPU > 0 {
		f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromRecording,
			Text: "at most " + processors(seen.MilliCPU) + " processors were in use over a second"})
		f.Fix.Value = processors(cpuShare(seen.MilliCPU))
		f.Fix.Risk = peakRisk(d.Profile(s.Name))
	}
	if chosen := d.Value("B029", s.Name, f.Key); chosen != "" {
		value, ok := parseCPU(chosen)
		if !ok {
			f.Fix.Blocked = fmt.Sprintf("batten.yaml: %q is no share of processors: write 0.5 or 2, at least 0.01", chosen)
			return
		}
		f.Fix.Value, f.Fix.Risk = value, ""
		f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromSettings, Text: "chosen: " + value})
	}
	if f.Fix.Value == "" {
		unmeasured(f.Fix, s.Name, "how much processor time it needs")
		return
	}
	f.Fix.Summary = "limit processor time, in processors, to " + f.Fix.Value
	f.Fix.Changes = []plan.Change{setLimit(d, s, "cpus", "cpus", f.Fix.Value)}
}

// cpuShare is the limit for a peak, both in thousandths of a processor: twice the
// peak, in quarters, but no more than the processors that must be there for it.
func cpuShare(peak uint64) uint64 {
	peak = min(peak, 1<<20)
	there := (peak + 999) / 1000 * 1000
	twice := (2*peak + leastCPU - 1) / leastCPU * leastCPU
	return max(leastCPU, min(twice, there))
}

func processors(milli uint64) string {
	return strconv.FormatFloat(float64(milli)/1000, 'f', -1, 64)
}

func parseCPU(text string) (string, bool) {
	share, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(share) || share < 0.01 || share > 1<<16 {
		return "", false
	}
	return strconv.FormatFloat(share, 'f', -1, 64), true
}

package rules

import (
	"slices"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

var healthCheckMissing = plan.Rule{
	ID:       "B033",
	Title:    "Each service has a health check",
	Topic:    "lifecycle",
	Severity: plan.Low,
	Class:    plan.Choice,
	Needs:    []plan.Need{plan.NeedCompose},
	Sources: []plan.Source{
		{Name: plan.CIS, Item: "4.6"}, {Name: plan.CIS, Item: "5.27"}, {Name: plan.GuideCourse},
	},
	Why: "Without a check the engine knows only whether the first process lives. A service that hangs, that an attacker has " +
		"wedged, or that a hardening step has broken, looks healthy, and whoever waits for it waits in vain.",
	Fix: "Adds a check that uses a program which the image has: the image's own client where there is one (pg_isready, " +
		"redis-cli), else a connection to the port that was seen to listen. Never curl because curl is usual: a check whose " +
		"program is missing makes a good service unhealthy. The times are written out.",
	Breaks: "The check is a program that runs inside the service every 15 seconds: a seccomp profile that was recorded " +
		"without it may forbid its calls, so that it stays off there until the service is recorded with it. An orchestrator " +
		"restarts what is unhealthy.",
	Detect: detectHealthCheckMissing,
}

// healthState is what there is of a check, and where it is from.
type healthState int

const (
	healthNone healthState = iota
	healthDisabled
	healthSet       // by the compose file
	healthFromImage // by the image
)

func healthOf(s project.Service) healthState {
	h := s.Config.HealthCheck
	switch {
	case h != nil && (h.Disable || len(h.Test) > 0 && h.Test[0] == "NONE"):
		return healthDisabled
	case h != nil && len(h.Test) > 1:
		return healthSet
	case s.Facts != nil && len(s.Facts.HealthCheck) > 0:
		return healthFromImage
	}
	return healthNone
}

func detectHealthCheckMissing(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		f := plan.Finding{Service: s.Name, At: written(d, s), Message: "nothing tells whether it works"}
		switch healthOf(s) {
		case healthSet, healthFromImage:
			continue
		case healthDisabled:
			f.Message = "its health check is switched off"
			f.At = written(d, s, "healthcheck")
		}
		f.Fix = addHealthCheck(d, s, &f)
		out = append(out, f)
	}
	return out
}

// addHealthCheck is the fix that gives a service a check.
func addHealthCheck(d *plan.Draft, s project.Service, f *plan.Finding) *plan.Fix {
	fix := &plan.Fix{Summary: "add a health check"}
	p, why := probeOf(d, s)
	if len(p.test) == 0 {
		fix.Blocked, fix.Measure = why.text, why.measure
		return fix
	}
	f.Evidence = append(f.Evidence, p.evidence...)
	fix.Summary, fix.Value = "check with "+p.program, strings.ReplaceAll(strings.Join(p.test[1:], " "), "$$", "$")
	if p.chosen != "" {
		fix.Summary, fix.Value = "check with the command that was chosen", p.chosen
	}
	if p.doubt != "" {
		fix.Off, fix.Risk = true, p.doubt
		fix.Notes = append(fix.Notes, "stays off unless chosen: "+p.doubt)
	}
	again := "record the service again, so that its profile allows what the check does: " + plan.MeasureCommand(s.Name)
	if narrowedWithoutCheck(d, s) {
		fix.Off, fix.Risk = true, "its seccomp profile was recorded without a health check and may refuse the check's calls"
		again = "stays off unless chosen: " + fix.Risk + "; after applying it, " + again
	}
	fix.Notes = append(fix.Notes, again)
	test := make([]any, len(p.test))
	for i, word := range p.test {
		test[i] = word
	}
	if healthOf(s) == healthSet {
		fix.Changes = []plan.Change{plan.SetService(s.Name, test, "healthcheck", "test")}
		return fix
	}
	// Set as a whole: nothing of a check that was switched off may stay.
	fix.Changes = []plan.Change{plan.SetService(s.Name, plan.Map{
		{Key: "test", Value: test},
		{Key: "interval", Value: "15s"},
		{Key: "timeout", Value: "5s"},
		{Key: "retries", Value: 3},
		{Key: "start_period", Value: "30s"},
	}, "healthcheck")}
	return fix
}

// narrowedWithoutCheck tells that a service has or gets a profile of its own which was
// made from recordings that hold no health check.
func narrowedWithoutCheck(d *plan.Draft, s project.Service) bool {
	p := d.Profile(s.Name)
	_, made := d.Policies[s.Name]
	has := s.Seccomp != "" && s.Seccomp != "unconfined"
	if gets := d.Applied("B014", s.Name, ""); !made || p == nil || !has && !gets || d.Target == plan.TargetSwarm {
		return false
	}
	return !slices.ContainsFunc(p.Entries, func(e profiles.Entry) bool { return e.Kind == profiles.EntryHealthCheck })
}

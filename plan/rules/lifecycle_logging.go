package rules

import (
	"fmt"
	"slices"

	"batten/plan"
	"batten/project"
)

var logLimit = plan.Rule{
	ID:       "B048",
	Title:    "Logs are kept and bounded",
	Topic:    "lifecycle",
	Severity: plan.Low,
	Class:    plan.Certain,
	Sources: []plan.Source{
		{Name: plan.CIS, Item: "2.13"}, {Name: plan.OWASP, Item: "RULE #10"}, {Name: plan.GuideTips, Item: "tip 46"},
		{Name: plan.GuideCourse},
	},
	Why: "The engine's json-file log grows without bound unless it is told otherwise. Whoever can make a service write log " +
		"lines, which for a web server is everybody, can fill the disk, and a full disk stops databases and the engine " +
		"itself. Without a log, on the other hand, nobody sees what happened.",
	Fix: "Sets the driver json-file with max-size 10m and max-file 3: at most 30 MB a container, the newest lines kept. " +
		"Nothing is changed where the daemon bounds logs by itself, or a driver sends them elsewhere.",
	Breaks: "Older lines are gone after 30 MB. Collect logs that must be kept.",
	Detect: detectLogLimit,
}

// unboundedDrivers write a file that grows unless an option bounds it; "" is the
// engine's default, which is json-file unless the daemon says otherwise.
var unboundedDrivers = []string{"", "json-file"}

const logSize, logFiles = "10m", "3"

func detectLogLimit(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		message, severity := logTrouble(d, s)
		if message == "" {
			continue
		}
		f := plan.Finding{Service: s.Name, Severity: severity, Message: message, At: written(d, s, "logging")}
		f.Fix = boundLog(d, s)
		out = append(out, f)
	}
	return out
}

func logTrouble(d *plan.Draft, s project.Service) (string, plan.Severity) {
	l := s.Config.Logging
	switch {
	case l == nil && d.Project.Host.LogLimited:
		return "", ""
	case l == nil:
		return "its log grows without bound", plan.Low
	case l.Driver == "none":
		return "keeps no log", plan.Medium
	case !slices.Contains(unboundedDrivers, l.Driver) || l.Options["max-size"] != "" && l.Options["max-size"] != "-1":
		return "", ""
	case l.Driver == "" && d.Project.Host.LogLimited:
		return "", ""
	}
	return "its log grows without bound", plan.Low
}

func boundLog(d *plan.Draft, s project.Service) *plan.Fix {
	size := logSize
	fix := &plan.Fix{Summary: "bound the log", Value: size}
	if chosen := d.Value("B048", s.Name, ""); chosen != "" {
		value, ok := parseMemory(chosen)
		if !ok {
			fix.Blocked = fmt.Sprintf("batten.yaml: %q is no size of a log file: write 10m, at least 6m", chosen)
			return fix
		}
		size = value
	}
	fix.Value = size
	fix.Summary = "keep " + logFiles + " log files of " + size
	if s.Config.Logging == nil || len(s.Config.Logging.Options) == 0 {
		fix.Changes = []plan.Change{plan.SetService(s.Name, plan.Map{
			{Key: "driver", Value: "json-file"},
			{Key: "options", Value: plan.Map{{Key: "max-size", Value: size}, {Key: "max-file", Value: logFiles}}},
		}, "logging")}
		return fix
	}
	fix.Changes = []plan.Change{
		plan.SetService(s.Name, "json-file", "logging", "driver"),
		plan.SetService(s.Name, size, "logging", "options", "max-size"),
		plan.SetService(s.Name, logFiles, "logging", "options", "max-file"),
	}
	return fix
}

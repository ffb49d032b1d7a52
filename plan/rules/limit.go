package rules

import (
	"batten/plan"
	"batten/profiles"
	"batten/project"
)

var limitRules = []plan.Rule{memoryLimit, cpuLimit, pidsLimit, openFilesLimit}

// limitsInService tells whether a service's limits are written, or are to be
// written, as keys of the service (mem_limit, cpus, pids_limit). Everything else is
// deploy.resources.limits, which all readers take. The two must not be mixed:
// Compose v2 refuses a file in which a limit of one kind stands beside a deploy
// section that lacks it.
func limitsInService(d *plan.Draft, s project.Service) bool {
	c := s.Config
	if deployLimited(s) || d.Target == plan.TargetSwarm || d.Applied("B056", s.Name, keyLimits) {
		return false
	}
	return c.MemLimit != 0 || c.CPUS != 0 || c.PidsLimit != 0
}

// deployLimited tells whether a service has a section deploy.resources.limits.
func deployLimited(s project.Service) bool {
	return s.Config.Deploy != nil && s.Config.Deploy.Resources.Limits != nil
}

// setLimit writes a limit with the key of the family that the service is in.
func setLimit(d *plan.Draft, s project.Service, inService, inDeploy string, value any) plan.Change {
	if limitsInService(d, s) {
		return plan.SetService(s.Name, value, inService)
	}
	return plan.SetService(s.Name, value, "deploy", "resources", "limits", inDeploy)
}

// containers are the services that run in a container of their own.
func containers(d *plan.Draft) []project.Service {
	var out []project.Service
	for _, s := range d.Project.Services {
		if s.Provider == "" {
			out = append(out, s)
		}
	}
	return out
}

// resourcesOf is what was measured of a service, nil when nothing was.
func resourcesOf(d *plan.Draft, service string) *profiles.Resources {
	if p := d.Profile(service); p != nil {
		return p.Resources
	}
	return nil
}

// unmeasured blocks a fix whose value nobody measured.
func unmeasured(fix *plan.Fix, service, what string) {
	fix.Blocked = what + " was not measured"
	fix.Measure = plan.MeasureCommand(service)
}

// peakRisk is what can be wrong with a measured peak.
func peakRisk(p *profiles.Profile) string {
	for _, r := range p.Runs {
		if r.Workload != "" {
			return ""
		}
	}
	return "no workload drove the service while it was recorded: under load it may need more"
}

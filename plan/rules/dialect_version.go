package rules

import (
	"strings"

	"batten/plan"
	"batten/project"
)

const version38 = "3.8"

// versionFinding is about the version that the first file names.
func versionFinding(d *plan.Draft) []plan.Finding {
	f := plan.Finding{Key: plan.KeyVersion, Message: "the file names no version: strict readers want one"}
	if w, ok := d.Project.Lookup("version"); ok {
		f.At = []plan.Position{plan.PositionOf(d.Project, w)}
		switch {
		case d.Project.Version == version38 && w.Node.Tag == "!!str":
			return nil
		case d.Project.Version == version38:
			f.Message = "the version is written as a number: docker-compose 1.29 and strict readers want text"
		default:
			f.Message = "the file names version " + plain(w.Text) + ", not " + version38
		}
	}
	f.Fix = &plan.Fix{
		Summary: `write version: "3.8"`,
		Changes: []plan.Change{{Op: plan.Set, Path: project.Path{"version"}, Value: version38}},
	}
	if needs := newerKeys(d); len(needs) > 0 && strings.HasPrefix(d.Project.Version, "3.") && d.Project.Version != version38 {
		f.Fix.Off = true
		f.Fix.Risk = "docker stack would refuse " + listed(needs) + ", which a later version allows"
	}
	return []plan.Finding{f}
}

// newerKeys are what the project uses of versions after 3.8.
func newerKeys(d *plan.Draft) []string {
	var out []string
	for _, s := range containers(d) {
		c := s.Config
		for _, one := range []struct {
			key  string
			used bool
		}{
			{"deploy.resources.limits.pids", deployLimited(s) && c.Deploy.Resources.Limits.Pids != 0},
			{"healthcheck.start_interval", c.HealthCheck != nil && c.HealthCheck.StartInterval != nil},
			{"build.extra_hosts", c.Build != nil && len(c.Build.ExtraHosts) > 0},
			{"oom_score_adj", c.OomScoreAdj != 0},
		} {
			if one.used {
				out = append(out, s.Name+"."+one.key)
			}
		}
	}
	return out
}

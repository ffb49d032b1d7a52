package rules

import (
	"fmt"
	"path/filepath"

	"batten/plan"
	"batten/project"
)

func detectSeccomp(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		policy, made := d.Policies[s.Name]
		open := s.Seccomp == "unconfined"
		switch {
		case s.Provider != "":
		case open && (!made || d.Target == plan.TargetSwarm):
			if f, ok := withoutOption(d, s, "seccomp", "unconfined", "seccomp=unconfined: every system call of the kernel is open to it"); ok {
				f.Severity = plan.High
				f.Fix.Risk = "calls that the engine's default refuses, such as mount and bpf, stop working"
				f.Fix.Notes = append(f.Fix.Notes, plan.MeasureCommand(s.Name)+" would show which calls it makes, and make its own filter")
				out = append(out, f)
			}
		case made:
			if f, ok := tailored(d, s, policy, open); ok {
				out = append(out, f)
			}
		case s.Seccomp == "":
			fix := &plan.Fix{Summary: "filter by what it needs", Blocked: "which calls it makes was not recorded", Measure: plan.MeasureCommand(s.Name)}
			if d.Target == plan.TargetSwarm {
				fix = outsideStack(fix, `set "seccomp-profile" in the daemon.json of each node`)
				fix.Measure = ""
			}
			out = append(out, plan.Finding{Service: s.Name, Severity: plan.Low, Message: "the engine's default filter applies, which is made for any service",
				At: written(d, s, "security_opt"), Fix: fix})
		}
	}
	return out
}

// tailored sets the profile that was made for a service.
func tailored(d *plan.Draft, s project.Service, policy plan.Policy, open bool) (plan.Finding, bool) {
	f := plan.Finding{Service: s.Name, Severity: plan.Low, At: written(d, s, "security_opt"),
		Message: "the engine's default filter applies, which is made for any service"}
	switch {
	case open:
		f.Severity, f.Message = plan.High, "seccomp=unconfined: every system call of the kernel is open to it"
	case s.Seccomp != "":
		// The user's own profile, or this one already.
		return f, false
	}
	text := fmt.Sprintf("its own filter allows %d calls", policy.Allowed)
	if policy.Docker > 0 {
		text += fmt.Sprintf(", the engine's default %d", policy.Docker)
	}
	f.Evidence = []plan.Evidence{{From: plan.FromRecording, Text: text}}
	f.Fix = &plan.Fix{Summary: "use " + policy.Path}
	if d.Target == plan.TargetSwarm {
		f.Fix = outsideStack(f.Fix, `set "seccomp-profile" in the daemon.json of each node`)
		return f, true
	}
	// The dot tells compose that this is a path.
	value := "seccomp=./" + filepath.ToSlash(filepath.Clean(policy.Path))
	f.Fix.Risk = "a call that was not recorded is refused"
	f.Fix.Changes = []plan.Change{plan.AddItem(s.Name, "security_opt", value, "seccomp")}
	if host := d.Project.Host; host.ComposeV1 || !host.Known {
		f.Fix.Notes = []string{"docker-compose 1.29 looks for the file in the folder in which it is started: start it in the project's folder"}
	}
	return f, true
}

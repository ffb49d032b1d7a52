package rules

import (
	"batten/plan"
	"batten/project"
)

func detectAppArmor(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	host := d.Project.Host
	if host.Known && !host.AppArmor && !host.SELinux {
		out = append(out, plan.Finding{Severity: plan.Low, Message: "this engine confines containers with neither AppArmor nor SELinux",
			Evidence: []plan.Evidence{{From: plan.FromEngine, Text: "its list of security options names none of them"}}})
	}
	for _, s := range d.Project.Services {
		name := d.AppArmor[s.Name]
		open := hasOption(s, "apparmor", "unconfined")
		switch {
		case s.Provider != "":
		case name != "" && (host.AppArmor || d.AppArmorWanted):
			if f, ok := ownProfile(d, s, name, open); ok {
				out = append(out, f)
			}
		case open:
			f, _ := withoutOption(d, s, "apparmor", "unconfined", "apparmor=unconfined: AppArmor does not confine it")
			f.Severity = plan.High
			f.Fix.Risk = unconfinedRisk
			out = append(out, f)
		}
	}
	return out
}

const unconfinedRisk = "docker-default refuses mounts, and tracing of processes outside of the container"

// ownProfile sets the AppArmor profile that was made for a service.
func ownProfile(d *plan.Draft, s project.Service, name string, open bool) (plan.Finding, bool) {
	f := plan.Finding{Service: s.Name, Severity: plan.Low, Message: "docker-default applies, which is made for any service", At: written(d, s, "security_opt")}
	for _, text := range s.SecurityOpt {
		if n, v := option(text); n == "apparmor" && v != "unconfined" {
			return f, false // the user's own, or this one already
		}
	}
	if open {
		f.Severity, f.Message = plan.High, "apparmor=unconfined: AppArmor does not confine it"
	}
	f.Evidence = []plan.Evidence{{From: plan.FromRecording, Text: "which files, programs and sockets it uses was recorded"}}
	f.Fix = &plan.Fix{Summary: "confine it by the profile " + plain(name)}
	switch lacks := d.AppArmorLacks[s.Name]; {
	case d.Target == plan.TargetSwarm:
		f.Fix = outsideStack(f.Fix, "a swarm can confine by docker-default alone")
		if open { // what can be done about it
			g, _ := withoutOption(d, s, "apparmor", "unconfined", f.Message)
			f.Fix, f.At = g.Fix, g.At
			f.Fix.Risk = unconfinedRisk
		}
		return f, true
	case lacks != "":
		f.Fix.Blocked = "its profile would refuse what the hardened file makes it do: " + plain(lacks)
		f.Fix.Measure = plan.MeasureCommand(s.Name)
		if open {
			g, _ := withoutOption(d, s, "apparmor", "unconfined", f.Message)
			g.Fix.Risk, g.Fix.Notes = unconfinedRisk, append(g.Fix.Notes, "no profile of its own: "+plain(lacks))
			f.Fix, f.At = g.Fix, g.At
		}
		return f, true
	}
	f.Fix.Risk = "it does not start on a host where the profile is not loaded, and what was not recorded is refused"
	f.Fix.Changes = []plan.Change{plan.AddItem(s.Name, "security_opt", "apparmor="+name, "apparmor")}
	f.Fix.Notes = []string{"load the profile on each host before the start: apparmor_parser -r -W " + d.Folder + "/apparmor/" + plain(name)}
	return f, true
}

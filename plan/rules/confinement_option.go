package rules

import (
	"strings"

	"batten/plan"
	"batten/project"
)

// option is one security_opt: "seccomp=unconfined", or with the colon of old files.
func option(text string) (name, value string) {
	i := strings.IndexAny(text, "=:")
	if i < 0 {
		return strings.TrimSpace(text), ""
	}
	return strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+1:])
}

// hasOption tells whether a service has a security_opt of this name and value; of
// several the last counts.
func hasOption(s project.Service, name, value string) bool {
	found := false
	for _, text := range s.SecurityOpt {
		if n, v := option(text); n == name {
			found = v == value
		}
	}
	return found
}

// optionPlaces is where a security_opt is written.
func optionPlaces(d *plan.Draft, s project.Service, name, value string) []project.Written {
	var out []project.Written
	for _, w := range d.Project.Items("services", s.Name, "security_opt") {
		if n, v := option(w.Text); n == name && v == value {
			out = append(out, w)
		}
	}
	return out
}

// withoutOption finds a security_opt that takes a protection away, and takes it
// out.
func withoutOption(d *plan.Draft, s project.Service, name, value, message string) (plan.Finding, bool) {
	if !hasOption(s, name, value) {
		return plan.Finding{}, false
	}
	places := optionPlaces(d, s, name, value)
	f := plan.Finding{Service: s.Name, Message: message}
	fix := &plan.Fix{Summary: "take " + name + "=" + value + " out"}
	if len(places) == 0 {
		fix.Blocked = "it is written in a file that is extended, or as a variable"
	}
	for _, w := range places {
		f.At = append(f.At, plan.PositionOf(d.Project, w))
		fix.Changes = append(fix.Changes, plan.DropAt(w))
	}
	if d.Target == plan.TargetSwarm {
		fix.Notes = append(fix.Notes, "a stack ignores security_opt: the line has an effect with compose only")
	}
	f.Fix = fix
	return f, true
}

// eachOption applies withoutOption to every service.
func eachOption(d *plan.Draft, name, value, message, risk string) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		if f, ok := withoutOption(d, s, name, value, message); ok {
			f.Fix.Risk = risk
			out = append(out, f)
		}
	}
	return out
}

package rules

import (
	"fmt"
	"slices"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

var userRules = []plan.Rule{
	{
		ID: "B012", Title: "The service does not run as root", Topic: "privileges",
		Severity: plan.Medium, Class: plan.Measured, Needs: []plan.Need{plan.NeedCompose, plan.NeedImage, plan.NeedTrace},
		Sources: []plan.Source{
			{Name: plan.CIS, Item: "4.1"}, {Name: plan.OWASP, Item: "RULE #2"},
			{Name: plan.GuideSecuring}, {Name: plan.GuideField}, {Name: plan.GuideTips, Item: "tip 4"}, {Name: plan.GuideCourse},
		},
		Why: "Uid 0 in a container is uid 0 of the kernel unless the daemon remaps users. Whoever takes over a process of root " +
			"owns every file of the image and of its volumes, may use each capability that is left, and is root on the host the " +
			"moment a mount, a device or a kernel fault lets it out. Another uid holds no capability at all.",
		Fix: "Sets `user:` to the numeric uid and gid that the recording shows in the steady phase, where the same recording shows " +
			"that the start needs nothing of root but the change to that user. Without a recording, images that are known to " +
			"start as their own user get it when the image's folders belong to that user. Everything else stays off: which user a program " +
			"can live with is not to be guessed. A value for B012/SERVICE in batten.yaml (UID:GID) is taken as it is.",
		Breaks: "A volume or bind that root has filled is not writable for another user: permission denied at the start. " +
			"An entrypoint that changes owners fails in the same way.",
		Detect: detectRoot,
	},
	{
		ID: "B013", Title: "A service that is meant to leave root has left it", Topic: "privileges",
		Severity: plan.High, Class: plan.Advice, Needs: []plan.Need{plan.NeedTrace},
		Sources: []plan.Source{{Name: plan.CIS, Item: "4.1"}, {Name: plan.OWASP, Item: "RULE #2"}},
		Why: "Some programs start as root, try to become another user, and go on as root when that fails: redis and Apache httpd " +
			"do so when SETUID or SETGID is missing. The health check is green and every request is answered by root. " +
			"Hardening that is judged by health alone makes such a service worse than it was.",
		Fix: "Nothing is changed. The capabilities that the change of user needs belong into cap_add, or the service is to be " +
			"started as its user (B012).",
		Detect: detectStillRoot,
	},
}

func detectRoot(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		now := declared(d, s)
		if s.Provider != "" || now.nonRoot() {
			continue
		}
		f := plan.Finding{Service: s.Name, At: written(d, s, "user"), Message: "the file names no user, and what the image says is not known"}
		if now.known {
			f.Message = rootMessage(d, s)
			f.Evidence = append(f.Evidence, now.evidence)
		}
		c := chooseUser(d, s)
		f.Evidence = append(f.Evidence, c.evidence...)
		if servesAsRoot(d.Profile(s.Name)) {
			f.Severity = plan.High
		}
		f.Fix = c.fix(s)
		out = append(out, f)
	}
	return out
}

// rootMessage tells a service that serves as root from one that only starts so.
func rootMessage(d *plan.Draft, s project.Service) string {
	p := d.Profile(s.Name)
	switch {
	case servesAsRoot(p):
		return "it runs as root"
	case p != nil && len(identities(p, profiles.PhaseSteady)) > 0:
		return "it starts as root and gives it up"
	}
	return "it starts as root"
}

func servesAsRoot(p *profiles.Profile) bool {
	return p != nil && slices.ContainsFunc(identities(p, profiles.PhaseSteady), func(i profiles.Identity) bool { return i.UID == 0 })
}

func detectStillRoot(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		p := d.Profile(s.Name)
		if p == nil {
			continue
		}
		steady := identities(p, profiles.PhaseSteady)
		if len(steady) == 0 || slices.ContainsFunc(steady, func(i profiles.Identity) bool { return i.UID != 0 }) {
			continue
		}
		meant, ok := meantUser(s)
		if !ok {
			continue
		}
		out = append(out, plan.Finding{
			Service: s.Name, Message: "it serves as root although its image is made to leave root",
			Evidence: []plan.Evidence{meant, {From: plan.FromRecording,
				Text: "only uid 0 was seen in the steady phase" + inProgram(", first in ", servedBy(p, steady, 0))}},
		})
	}
	return out
}

// meantUser tells why a service is expected to leave root after its start.
func meantUser(s project.Service) (plan.Evidence, bool) {
	if facts, ok := knownImage(s); ok && facts.UID != nil && *facts.UID > 0 {
		return plan.Evidence{From: plan.FromFacts, Text: fmt.Sprintf("%s serves as uid %d", facts.Image, *facts.UID)}, true
	}
	if s.Facts == nil || s.Facts.Files == nil {
		return plan.Evidence{}, false
	}
	if tool := mentions(s.Facts.Files, stepDown); tool != "" {
		return plan.Evidence{From: plan.FromImage, Text: "the entry point calls " + tool}, true
	}
	return plan.Evidence{}, false
}

// stepDown are programs that scripts change their user with. All of them only need
// capabilities, not a set-user-ID bit.
var stepDown = []string{"gosu", "su-exec", "setpriv", "s6-setuidgid", "chpst", "runuser"}

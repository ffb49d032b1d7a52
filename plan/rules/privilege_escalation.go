package rules

import (
	"slices"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

func detectNoNewPrivileges(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		if s.NoNewPrivileges || s.Provider != "" {
			continue
		}
		f := plan.Finding{Service: s.Name, Message: "no-new-privileges is not set: a program with a set-user-ID bit lifts whoever executes it",
			At: written(d, s, "security_opt")}
		if d.Project.Host.NoNewPrivs {
			f.Severity = plan.Low
			f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromEngine, Text: "this engine sets it for every container; another one may not"})
		}
		f.Fix = fixNoNewPrivileges(d, s, &f)
		out = append(out, f)
	}
	return out
}

func fixNoNewPrivileges(d *plan.Draft, s project.Service, f *plan.Finding) *plan.Fix {
	fix := &plan.Fix{Summary: "set no-new-privileges"}
	if d.Target == plan.TargetSwarm {
		return outsideStack(fix, `set "no-new-privileges": true in the daemon.json of each node`)
	}
	if facts, ok := knownImage(s); ok && facts.NoNewPrivileges != nil && !*facts.NoNewPrivileges {
		f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromFacts, Text: facts.Image + " does not start with it"})
		fix.Blocked = "the image cannot take it"
		return fix
	}
	if used := lifted(d, s); len(used) > 0 {
		f.Evidence = append(f.Evidence, used...)
		fix.Off = true
		fix.Notes = append(fix.Notes, "to settle: let the image do without that program; gosu, su-exec and setpriv change the user without the bit")
	}
	fix.Risk = "sudo, and ping of a user that is not root, stop working in it; gosu, su-exec and setpriv go on"
	fix.Changes = []plan.Change{plan.AddItem(s.Name, "security_opt", "no-new-privileges:true", "no-new-privileges")}
	return fix
}

// lifted is the evidence that a service relies on programs that lift it: one that
// was seen executed while somebody was not root, or an entry point with sudo.
func lifted(d *plan.Draft, s project.Service) []plan.Evidence {
	if s.Facts == nil || s.Facts.Files == nil {
		return nil
	}
	var out []plan.Evidence
	files, p := s.Facts.Files, d.Profile(s.Name)
	if p != nil && everOther(p, startsAs(d, s)) {
		for _, path := range executed(p, files, lifts) {
			out = append(out, plan.Evidence{From: plan.FromRecording, Text: "executed " + plain(path) + ", which lifts whoever executes it"})
		}
	}
	if tool := mentions(files, []string{"sudo"}); tool != "" {
		out = append(out, plan.Evidence{From: plan.FromImage, Text: "the entry point calls " + tool})
	}
	return out
}

// everOther tells whether another user than root executed programs: root gains
// nothing by a set-user-ID bit of root, so that nothing is lost with it.
func everOther(p *profiles.Profile, start account) bool {
	return !start.known || start.nonRoot() || len(p.Identities) == 0 ||
		slices.ContainsFunc(p.Identities, func(i profiles.Identity) bool { return i.UID != 0 })
}

// outsideStack blocks what a stack ignores, and says where it can be set.
func outsideStack(fix *plan.Fix, instead string) *plan.Fix {
	fix.Blocked = "a stack ignores security_opt"
	fix.Changes, fix.Risk, fix.Off = nil, "", false
	fix.Notes = append(fix.Notes, "lost in a stack; "+instead)
	return fix
}

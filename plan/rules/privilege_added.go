package rules

import (
	"slices"

	"batten/plan"
	"batten/project"
)

// reach is what a capability gives beyond the container.
type reach struct {
	severity plan.Severity
	text     string
}

// dangerous are the capabilities that lead out of a container, or near to it.
var dangerous = map[string]reach{
	"ALL":             {plan.Critical, "every capability: near to privileged"},
	"SYS_ADMIN":       {plan.Critical, "mounts, namespaces and much of what only root of the host may do"},
	"SYS_MODULE":      {plan.Critical, "loads code into the kernel of the host"},
	"SYS_RAWIO":       {plan.Critical, "reaches memory and ports of the hardware"},
	"NET_ADMIN":       {plan.High, "changes addresses, routes and firewall rules"},
	"BPF":             {plan.High, "loads programs into the kernel"},
	"SYS_BOOT":        {plan.High, "restarts the host"},
	"PERFMON":         {plan.High, "watches the kernel and other processes"},
	"SYS_TIME":        {plan.High, "sets the clock of the host"},
	"SYS_NICE":        {plan.High, "takes the processors away from everything else on the host"},
	"IPC_LOCK":        {plan.High, "takes memory that the host cannot swap out"},
	"LEASE":           {plan.High, "holds up whoever opens a file"},
	"SYSLOG":          {plan.High, "reads the kernel's log and its addresses"},
	"MAC_ADMIN":       {plan.High, "changes the rules of AppArmor and Smack"},
	"MAC_OVERRIDE":    {plan.High, "ignores the rules of Smack"},
	"SYS_PTRACE":      {plan.Medium, "reads and changes the memory of other processes"},
	"DAC_READ_SEARCH": {plan.Medium, "opens files by handle, which leads to the host's file system"},
	"MKNOD":           {plan.Medium, "makes device files"},
}

func detectDangerous(d *plan.Draft) []plan.Finding {
	return eachAdded(d, func(s project.Service, name string, n needs) (plan.Finding, bool) {
		one, ok := dangerous[name]
		f := plan.Finding{Severity: one.severity, Message: "cap_add gives " + plain(name) + ": " + one.text}
		return f, ok
	})
}

func detectUnused(d *plan.Draft) []plan.Finding {
	return eachAdded(d, func(s project.Service, name string, n needs) (plan.Finding, bool) {
		f := plan.Finding{Message: "cap_add gives " + plain(name) + ", which the recording never shows in use"}
		return f, n.known() && n.measured && name != "ALL" && !slices.Contains(n.add, name)
	})
}

func detectInert(d *plan.Draft) []plan.Finding {
	return eachAdded(d, func(s project.Service, name string, n needs) (plan.Finding, bool) {
		a := startsAs(d, s)
		f := plan.Finding{Message: "cap_add gives " + plain(name) + ", but the service is not root and does not get it", Evidence: []plan.Evidence{a.evidence}}
		if s.Facts != nil && s.Facts.Files != nil && len(capable(s.Facts.Files)) > 0 {
			f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromImage, Text: "file capabilities: " + some(capable(s.Facts.Files))})
		}
		used := n.measured && slices.Contains(n.add, name) // by a program with file capabilities
		return f, a.nonRoot() && !s.Privileged && !used
	})
}

// eachAdded looks at every added capability, and proposes what becomes of it.
func eachAdded(d *plan.Draft, look func(s project.Service, name string, n needs) (plan.Finding, bool)) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		names := shorts(s.CapAdd)
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			n := capabilityNeeds(d, s)
			f, ok := look(s, name, n)
			if !ok {
				continue
			}
			f.Service, f.Key = s.Name, name
			places := added(d, s, name)
			for _, w := range places {
				f.At = append(f.At, plan.PositionOf(d.Project, w))
			}
			f.Evidence = append(f.Evidence, usesOf(n, name)...)
			f.Fix = fixAdded(d, s, name, n, places)
			out = append(out, f)
		}
	}
	return out
}

// added is where a capability is written.
func added(d *plan.Draft, s project.Service, name string) []project.Written {
	return slices.DeleteFunc(d.Project.Items("services", s.Name, "cap_add"), func(w project.Written) bool { return short(w.Text) != name })
}

// usesOf is what the set says of a capability.
func usesOf(n needs, name string) []plan.Evidence {
	var out []plan.Evidence
	for _, e := range n.evidence {
		if len(e.Text) > len(name) && e.Text[:len(name)+1] == name+":" {
			out = append(out, e)
		}
	}
	switch {
	case len(out) > 0 || !n.known() || !n.measured:
	case name == "ALL":
		out = append(out, plan.Evidence{From: plan.FromRecording, Text: "used: " + listed(n.add)})
	default:
		out = append(out, plan.Evidence{From: plan.FromRecording, Text: name + " was not used"})
	}
	return out
}

// fixAdded takes a capability away where that is known to be harmless. It is nil
// where the service needs it.
func fixAdded(d *plan.Draft, s project.Service, name string, n needs, places []project.Written) *plan.Fix {
	if d.Applied("B004", s.Name, "") {
		if slices.Contains(n.add, name) {
			return nil
		}
		return &plan.Fix{Summary: "settled with B004/" + s.Name}
	}
	for _, rule := range []string{"B005", "B006"} {
		if d.Applied(rule, s.Name, name) {
			return &plan.Fix{Summary: "settled with " + plan.ID(rule, s.Name, name)}
		}
	}
	fix := &plan.Fix{Summary: "take " + plain(name) + " away", Risk: n.risk}
	switch {
	case !n.known():
		fix.Blocked, fix.Measure = n.blocked, n.measure
		return fix
	case name == "ALL":
		return fixAll(s, n)
	case slices.Contains(n.add, name):
		return nil
	case len(places) == 0:
		fix.Blocked = "it is written in a file that is extended, or as a variable"
		return fix
	}
	fix.Off = n.off || !n.measured && !slices.ContainsFunc(n.evidence, func(e plan.Evidence) bool { return e.From == plan.FromEngine })
	for _, w := range places {
		fix.Changes = append(fix.Changes, plan.DropAt(w))
	}
	return fix
}

// fixAll puts what is needed in the place of everything.
func fixAll(s project.Service, n needs) *plan.Fix {
	fix := &plan.Fix{Summary: "add " + listed(n.add) + " instead of ALL", Off: n.off, Risk: n.risk, Notes: n.notes,
		Changes: []plan.Change{plan.SetService(s.Name, anyList(n.add), "cap_add")}}
	if len(n.add) == 0 {
		fix.Summary, fix.Changes = "add no capability", []plan.Change{plan.RemoveService(s.Name, "cap_add")}
	}
	return fix
}

package rules

import (
	"slices"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

func detectPrivileged(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		if !s.Privileged {
			continue
		}
		n := capabilityNeeds(d, s)
		f := plan.Finding{Service: s.Name, Message: "it is privileged: root in it is root on the host", At: written(d, s, "privileged"), Evidence: n.evidence}
		f.Fix = fixPrivileged(d, s, n)
		if d.Target == plan.TargetSwarm {
			f.Fix.Notes = append(f.Fix.Notes, "a stack ignores privileged: there the service runs without it already")
		}
		out = append(out, f)
	}
	return out
}

func fixPrivileged(d *plan.Draft, s project.Service, n needs) *plan.Fix {
	fix := &plan.Fix{Summary: "run it without privileged", Notes: slices.Clone(n.notes),
		Risk: "devices, /sys and /proc/sys that only privileged opens are gone, and the default seccomp and AppArmor profiles apply: mount, for one, is refused"}
	p := d.Profile(s.Name)
	if !n.known() || !n.measured && d.Value("B004", s.Name, "") == "" {
		fix.Blocked, fix.Measure, fix.Risk = unusable(p), plan.MeasureCommand(s.Name), ""
		return fix
	}
	if near := within(n.add, hostBound); len(near) > 0 {
		fix.Notes = append(fix.Notes, "to settle: it used "+listed(near)+": what needs these mostly needs the devices and open profiles of privileged as well")
		fix.Off = true
	}
	if devices := devicesSeen(p); len(devices) > 0 {
		fix.Notes = append(fix.Notes, "to settle: it used "+some(devices)+": devices are to be named under devices, settings of the host cannot be")
		fix.Off = true
	}
	fix.Off = fix.Off || n.off
	fix.Changes = []plan.Change{plan.RemoveService(s.Name, "privileged")}
	if d.Applied("B004", s.Name, "") {
		fix.Notes = append(fix.Notes, "its capabilities are settled with B004/"+s.Name)
		return fix
	}
	add := n.add
	if !slices.Contains(shorts(s.CapDrop), "ALL") {
		add = without(add, dockerDefaults)
	}
	if len(add) > 0 {
		fix.Summary += ", with " + strings.Join(add, ", ")
		fix.Changes = append(fix.Changes, plan.SetService(s.Name, anyList(add), "cap_add"))
	}
	return fix
}

// hostBound are capabilities whose uses are mostly refused or without effect outside
// of privileged: mounts by AppArmor, network settings by a read-only /proc/sys, and
// so on.
var hostBound = []string{"BPF", "MAC_ADMIN", "MAC_OVERRIDE", "NET_ADMIN", "PERFMON", "SYSLOG", "SYS_ADMIN", "SYS_BOOT", "SYS_MODULE", "SYS_RAWIO"}

// ordinaryDevices are in every container.
var ordinaryDevices = []string{
	"/dev/console", "/dev/core", "/dev/fd", "/dev/full", "/dev/mqueue", "/dev/null", "/dev/ptmx", "/dev/pts", "/dev/random",
	"/dev/shm", "/dev/stderr", "/dev/stdin", "/dev/stdout", "/dev/tty", "/dev/urandom", "/dev/zero",
}

// devicesSeen are the device files that a recording shows used and the settings of the
// kernel that it shows written, beyond the devices that every container has.
func devicesSeen(p *profiles.Profile) []string {
	if p == nil {
		return nil
	}
	var out []string
	for _, f := range p.Files {
		if !f.OfService() || f.Folder && !f.Changes() {
			continue
		}
		ordinary := slices.ContainsFunc(ordinaryDevices, func(dev string) bool { return f.Path == dev || strings.HasPrefix(f.Path, dev+"/") })
		setting := strings.HasPrefix(f.Path, "/sys/") || strings.HasPrefix(f.Path, "/proc/sys/")
		if setting && f.Changes() || strings.HasPrefix(f.Path, "/dev/") && !ordinary {
			out = append(out, f.Path)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

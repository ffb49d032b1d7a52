package rules

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

// deviceReach is what a device gives; the first pattern that fits counts.
type deviceReach struct {
	name     *regexp.Regexp // below /dev
	severity plan.Severity
	text     string
}

var deviceReaches = []deviceReach{
	{regexp.MustCompile(`^(mem|kmem|port)$`), plan.Critical, "the memory of the host"},
	{regexp.MustCompile(`^(sd[a-z]|vd[a-z]|xvd[a-z]|hd[a-z]|nvme|mmcblk|dm-|mapper/|md[0-9]|loop|disk/|sg[0-9]|block/)`), plan.Critical, "a disk: every file on it, whatever its permissions"},
	{regexp.MustCompile(`^(\.|bus|disk|block|mapper)?/?$`), plan.Critical, "a folder of devices"},
	{regexp.MustCompile(`^bus/usb`), plan.High, "everything that is or will be plugged in by USB"},
	{regexp.MustCompile(`^(input/|uinput$|hidraw|tty[0-9]*$|console$|vcs)`), plan.High, "the keyboard or the screen of the host"},
	{regexp.MustCompile(`^(kvm|vhost-|vfio/)`), plan.Medium, "virtual machines and hardware in user space"},
	{regexp.MustCompile(`^(net/tun|fuse|ppp)$`), plan.Medium, "networks or file systems of its own making; it works only with NET_ADMIN or SYS_ADMIN"},
	{regexp.MustCompile(`^(dri|nvidia|kfd|video|snd|vchiq|apex_|davinci)`), plan.Medium, "graphics, video or sound: a large driver in the kernel"},
}

func reachOfDevice(source string) deviceReach {
	name := strings.TrimPrefix(path.Clean(source), "/dev")
	name = strings.TrimPrefix(name, "/")
	for _, one := range deviceReaches {
		if one.name.MatchString(name) {
			return one
		}
	}
	return deviceReach{severity: plan.Medium, text: "hardware of the host"}
}

func detectDevices(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range d.Project.Services {
		for _, dev := range s.Config.Devices {
			one := reachOfDevice(dev.Source)
			f := plan.Finding{Service: s.Name, Key: dev.Target, Severity: one.severity, Message: "it has " + plain(dev.Source) + " of the host: " + one.text}
			w, ok := devicePlace(d, s, dev.Target)
			if ok {
				f.At = []plan.Position{plan.PositionOf(d.Project, w)}
			} else {
				f.At = written(d, s, "devices")
			}
			if strings.Contains(dev.Permissions, "m") || dev.Permissions == "" {
				f.Fix = narrowed(d, s, w, ok, dev.Source, dev.Target)
			}
			f.Evidence = append(f.Evidence, usedBelow(d.Profile(s.Name), spellings(s, dev.Target)...)...)
			if d.Target == plan.TargetSwarm {
				f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromEngine, Text: "a stack ignores devices: there it has none"})
			}
			out = append(out, f)
		}
	}
	return out
}

// devicePlace is the short form in which a device is written; variables and long
// forms are not rewritten.
func devicePlace(d *plan.Draft, s project.Service, target string) (project.Written, bool) {
	for _, w := range d.Project.Items("services", s.Name, "devices") {
		parts := strings.Split(w.Text, ":")
		if w.Text != "" && !strings.Contains(w.Text, "$") && parts[min(1, len(parts)-1)] == target {
			return w, true
		}
	}
	return project.Written{}, false
}

// narrowed leaves reading and writing, and takes the right to make the device's
// file away.
func narrowed(d *plan.Draft, s project.Service, w project.Written, ok bool, source, target string) *plan.Fix {
	fix := &plan.Fix{Summary: "without the right to mknod " + plain(source), Risk: "a program that makes the device's file itself is refused"}
	n := capabilityNeeds(d, s)
	switch {
	case !ok:
		fix.Blocked, fix.Risk = "it is written in a long form, in a file that is extended, or as a variable", ""
		return fix
	case d.Applied("B004", s.Name, "") && !slices.Contains(n.add, "MKNOD"):
		// Without the capability it can make no device file whatever the device allows.
	case !n.known() || !n.measured:
		fix.Off = true
		fix.Notes = []string{"to settle: whether it makes device files was not measured"}
		fix.Measure = plan.MeasureCommand(s.Name)
	case slices.Contains(n.add, "MKNOD"):
		fix.Off = true
		fix.Notes = []string{"to settle: it made device files while it was recorded"}
	}
	fix.Changes = []plan.Change{plan.ReplaceAt(w, source+":"+target+":rw")}
	return fix
}

// mountTarget is where a written mount is mounted, "" when a variable hides it.
func mountTarget(w project.Written) string {
	if w.Node == nil {
		return ""
	}
	if w.Text == "" {
		for i := 0; i+1 < len(w.Node.Content); i += 2 {
			if w.Node.Content[i].Value == "target" {
				return w.Node.Content[i+1].Value
			}
		}
		return ""
	}
	parts := strings.Split(w.Text, ":")
	if len(parts) == 1 {
		return parts[0]
	}
	last := parts[len(parts)-1]
	if len(parts) > 2 && !strings.HasPrefix(last, "/") {
		return parts[len(parts)-2]
	}
	return last
}

package rules

import (
	"path"
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

var sensitivePath = plan.Rule{
	ID:       "B035",
	Title:    "No sensitive folder of the host is mounted",
	Topic:    "filesystem",
	Severity: plan.High,
	Class:    plan.Choice,
	Sources: []plan.Source{
		{Name: plan.CIS, Item: "5.6"}, {Name: plan.OWASP, Item: "RULE #8"}, {Name: plan.GuideField},
	},
	Why: "Some folders of the host are the host. Who can write /etc adds a user or a timer, who can write /usr or /boot changes " +
		"what runs next, who can write /var/lib/docker changes every container: each of these is root on the host. Who can only " +
		"read /etc, /root, /home or /proc finds password hashes, keys and the secrets of other services.",
	Fix: "Adds ro where the recording shows that nothing is written there, and reports the rest: mount the one file or folder " +
		"that is needed instead.",
	Breaks: "A write fails with \"read-only file system\".",
	Detect: detectSensitivePath,
}

// hostFolder is a folder of the host that means more than its files.
type hostFolder struct {
	path string
	// tells says what can be read there that nobody else should; "" when reading is
	// harmless.
	tells string
	root  bool // who can write the folder itself is root on the host
	below bool // and so is who can write anything in it
	exact bool // the folder itself, not what is below it
}

// hostFolders in order: the first that fits counts.
var hostFolders = []hostFolder{
	{path: "/etc/localtime"}, {path: "/etc/timezone"}, {path: "/usr/share/zoneinfo"}, {path: "/etc/ssl/certs"}, {path: "/dev/null"},
	{path: "/", tells: "everything on the host", root: true, exact: true},
	{path: "/etc", tells: "password hashes and keys of the host", root: true},
	{path: "/root", tells: "what belongs to root", root: true, below: true},
	{path: "/home", tells: "what belongs to all users", root: true, exact: true},
	{path: "/proc", tells: "the environment and memory of all processes", root: true},
	{path: "/sys", root: true},
	{path: "/boot", root: true, below: true},
	{path: "/dev/shm", tells: "the shared memory of other programs"},
	{path: "/dev", tells: "disks and memory, past all file permissions", root: true, exact: true},
	{path: "/usr", root: true}, {path: "/bin", root: true, below: true}, {path: "/sbin", root: true, below: true}, {path: "/lib", root: true, below: true}, {path: "/lib64", root: true, below: true},
	{path: "/var/lib/docker", tells: "the files and secrets of all containers", root: true, below: true},
	{path: "/var/lib/containerd", tells: "the files of all containers", root: true, below: true},
	{path: "/var/lib/kubelet", tells: "the secrets of all pods", root: true},
	{path: "/var/run", tells: "the sockets of the host's services", root: true, exact: true},
	{path: "/run", tells: "the sockets of the host's services", root: true, exact: true},
	{path: "/var/spool/cron", root: true, below: true},
	{path: "/var/log", tells: ""},
	{path: "/var", tells: "the data of all services", root: true, exact: true},
	{path: "/var/lib", tells: "the data of all services", root: true, exact: true},
}

// keyFolders hold keys, in whoever's home they are.
var keyFolders = []string{".ssh", ".aws", ".kube", ".gnupg", ".docker", ".azure"}

// sensitive is the entry for a path of the host, nil when it has none.
func sensitive(source string) *hostFolder {
	source = path.Clean("/" + source)
	for _, part := range strings.Split(source, "/") {
		if slices.Contains(keyFolders, part) {
			return &hostFolder{path: source, tells: "somebody's keys"}
		}
	}
	for i, f := range hostFolders {
		if source == f.path || !f.exact && f.path != "/" && under(source, f.path) {
			if f.tells == "" && !f.root && f.path != "/var/log" {
				return nil
			}
			return &hostFolders[i]
		}
	}
	return nil
}

func detectSensitivePath(d *plan.Draft) []plan.Finding {
	var out []plan.Finding
	for _, s := range containers(d) {
		for _, m := range mountsOf(d, s) {
			folder := sensitive(m.Source)
			if m.Type != project.MountBind || folder == nil || isSocket(m) || m.ReadOnly && folder.tells == "" {
				continue
			}
			out = append(out, hostPathFinding(d, s, m, folder))
		}
	}
	return out
}

func hostPathFinding(d *plan.Draft, s project.Service, m mount, folder *hostFolder) plan.Finding {
	f := plan.Finding{Service: s.Name, Key: m.Target, At: m.place(d, s)}
	source := plain(d.Project.Display(m.Source))
	if m.ReadOnly {
		f.Message = "can read " + source + " of the host: " + folder.tells
		return f
	}
	f.Message = "can write " + source + " of the host"
	switch {
	case folder.root && (folder.below || path.Clean(m.Source) == folder.path):
		f.Severity = plan.Critical
		f.Message += ", which is as good as being root there"
	case folder.tells == "":
		f.Severity = plan.Medium
	default:
		f.Message += ": " + folder.tells
	}
	p := d.Profile(s.Name)
	switch {
	case !sawFiles(p):
		f.Fix = &plan.Fix{Summary: "mount it read-only", Blocked: "whether it writes there was not measured", Measure: plan.MeasureCommand(s.Name)}
	case wroteBelow(p, spellings(s, m.Target)...) != "":
		f.Evidence = append(f.Evidence, plan.Evidence{From: plan.FromRecording, Text: wroteText(p, []string{wroteBelow(p, spellings(s, m.Target)...)})})
	default:
		f.Evidence = append(f.Evidence, nothingBelow(p, m.Target))
		f.Fix = readOnlyFix(p, m, false)
		if f.Fix.Risk == "" && f.Fix.Blocked == "" {
			f.Fix.Risk = "a recording is a sample: what is written seldom is not in it"
		}
		if folder.tells != "" {
			f.Fix.Notes = append(f.Fix.Notes, "it can still read "+folder.tells+": mount only the file that it needs")
		}
	}
	return f
}

package apparmor

import "strings"

// protection is something that docker-default forbids.
type protection struct {
	folder string // and what lies below it
	deny   perms
	why    string
}

// protections are docker-default's, without their exceptions. Source: the template
// of the Docker engine's profile.
var protections = []protection{
	{"/proc/sysrq-trigger", permRead | permWrite | permLock | permMap | permExec, "it reboots the host"},
	{"/proc/kcore", permRead | permWrite | permLock | permMap | permExec, "it is the kernel's memory"},
	{"/sys/firmware", permRead | permWrite | permLock | permMap | permExec, "it is the host's firmware"},
	{"/sys/devices/virtual/powercap", permRead | permWrite | permLock | permMap | permExec, "power readings tell secrets of other processes"},
	{"/sys/kernel/security", permRead | permWrite | permLock | permMap | permExec, "it is the policy of the host's security modules"},
}

// protected tells why docker-default would refuse permissions on a name, "" when it
// would not.
func protected(name string, p perms) string {
	for _, x := range protections {
		if under(name, x.folder) && p&x.deny != 0 {
			return x.why
		}
	}
	switch {
	case under(name, "/sys") && p&^permRead != 0 && !under(name, "/sys/fs/cgroup"):
		return "/sys is read-only"
	case under(name, "/proc") && p.has(permWrite) && !ownProc(name):
		return "/proc is read-only except for the service's own processes"
	}
	return ""
}

// ownProc tells names below the folder of a process, and the settings of shared
// memory, which belong to the container's namespace.
func ownProc(name string) bool {
	rest := strings.TrimPrefix(name, "/proc/")
	first, below, _ := strings.Cut(rest, "/")
	return below != "" && pidName.MatchString(first) || strings.HasPrefix(rest, "sys/kernel/shm")
}

// tooWide tells why a pattern must not become a rule: it could match what
// docker-default protects, or a name that is sensitive everywhere. "" when it may.
func (g *generator) tooWide(p pattern, allowed perms) string {
	for _, x := range protections {
		if allowed&x.deny != 0 && p.reaches(x.folder) {
			return x.why
		}
	}
	if allowed&^permRead != 0 && p.reaches("/sys") && !p.within("/sys/fs/cgroup") {
		return "/sys is read-only"
	}
	m := p.matcher()
	for _, secret := range secrets {
		if m.MatchString(secret) {
			return "it would match " + secret
		}
	}
	return ""
}

// secrets are files that no wildcard may match.
var secrets = []string{
	"/etc/passwd", "/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/proc/sysrq-trigger", "/proc/kcore", "/dev/mem",
	"/run/docker.sock", "/var/run/docker.sock", "/run/containerd/containerd.sock",
	"/run/secrets/kubernetes.io/serviceaccount/token", "/var/run/secrets/kubernetes.io/serviceaccount/token",
}

// within tells whether all that a pattern matches is a folder or lies below it.
func (p pattern) within(folder string) bool {
	parts := split(folder)
	return len(p.segments) >= len(parts) && pattern{segments: p.segments[:len(parts)]}.literal() && p.reaches(folder)
}

// reaches tells whether a pattern can match a folder or something below it.
func (p pattern) reaches(folder string) bool {
	parts := split(folder)
	if len(p.segments) < len(parts) {
		return false
	}
	head := pattern{segments: p.segments[:len(parts)]}
	return head.matcher().MatchString(folder)
}

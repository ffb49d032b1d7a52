package apparmor

import (
	"slices"
	"strings"
)

// sensitiveFolders are folders in and below which nothing is generalised but process
// numbers and the dated folders of Kubernetes.
var sensitiveFolders = []string{
	"/etc", "/root", "/boot", "/proc/sys", "/run/secrets", "/var/run/secrets", "/run/credentials",
	"/dev/mapper", "/dev/disk", "/sys/kernel/security", "/sys/firmware", "/sys/fs/bpf", "/var/spool/cron",
	"/var/lib/docker", "/var/lib/containerd", "/var/lib/kubelet",
}

// sensitiveNames are names that stay literal wherever they are, and whose folders
// hold nothing else that is generalised.
var sensitiveNames = []string{
	"passwd", "shadow", "gshadow", "group", "sudoers", "authorized_keys", "known_hosts",
	"docker.sock", "containerd.sock", "crio.sock", "podman.sock", "token", "sysrq-trigger", "kcore", "mem", "kmem",
	".netrc", ".pgpass", ".git-credentials", ".env", ".htpasswd", "credentials", "config.json",
}

var sensitivePrefixes = []string{"id_", ".ssh", ".gnupg", ".aws", ".kube", ".docker", ".vault"}

var sensitiveSuffixes = []string{".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx"}

// sensitiveName tells whether the name of a file or folder must stay literal.
func sensitiveName(name string) bool {
	lower := strings.ToLower(name)
	return slices.Contains(sensitiveNames, lower) ||
		slices.ContainsFunc(sensitivePrefixes, func(p string) bool { return strings.HasPrefix(lower, p) }) ||
		slices.ContainsFunc(sensitiveSuffixes, func(s string) bool { return strings.HasSuffix(lower, s) })
}

// sensitiveFolder tells whether the names in a folder must stay literal.
func sensitiveFolder(folder string) bool {
	if slices.ContainsFunc(sensitiveFolders, func(f string) bool { return under(folder, f) }) {
		return true
	}
	for part := range strings.SplitSeq(folder, "/") {
		if slices.ContainsFunc(sensitivePrefixes[1:], func(p string) bool { return strings.HasPrefix(part, p) }) {
			return true
		}
	}
	return false
}

// under tells whether a path is a folder or lies below it.
func under(path, folder string) bool {
	rest, ok := strings.CutPrefix(path, folder)
	return ok && (rest == "" || rest[0] == '/' || folder == "/")
}

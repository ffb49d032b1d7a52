package profiles

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Measured by leaving one name out at a time, on runc 1.1.5, 1.2.9, 1.3.0, 1.3.5,
// 1.4.3 and 1.5.1, x86-64. The runtime installs the filter late with
// no-new-privileges and early without, so the second set contains the first.
var (
	runcOldNNP = []string{"close", "execve", "exit_group", "fstatfs", "getdents64", "openat", "write"}
	// runcSafeOpen is what runc opens paths safely with since 1.2.8 and 1.3.3.
	runcSafeOpen  = []string{"fstat", "openat2", "statx"}
	runcEarlyInit = []string{
		"capget", "capset", "chdir", "faccessat2", "fchown", "fcntl", "fstat", "futex", "getcwd",
		"getpid", "getppid", "newfstatat", "prctl", "read", "setgid", "setgroups", "setuid",
	}
	// goRuntime is what the Go runtime calls at random moments: garbage collection,
	// preemption, waking of threads. Leaving it out fails about one start in ten.
	goRuntime = []string{
		"close_range", "epoll_ctl", "epoll_pwait", "fcntl", "futex", "getpid", "gettid", "madvise",
		"mmap", "munmap", "nanosleep", "read", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
		"sched_yield", "sigaltstack", "tgkill", "write",
	}
)

// RuntimeBaseline returns the built-in set of calls that a container runtime
// makes under the service's filter. The runtime is a name or path ("runc",
// "/usr/bin/crun"); the version may carry a prefix and a suffix ("v1.2.9",
// "1.1.5+ds1"); one that cannot be read counts as the newest. nnp is the service's
// no-new-privileges setting. The runtime "" is a command that batten starts
// itself: execve only. The set for one runtime and setting is a fall-back for a
// measurement on the machine itself.
func RuntimeBaseline(runtime, version string, nnp bool) RuntimeNeeds {
	n := RuntimeNeeds{Runtime: runtime, Version: version, NoNewPrivileges: nnp}
	if runtime == "" {
		n.Syscalls = []string{"execve"}
		n.Source = "batten's own starter: one execve under the filter"
		return n
	}
	name := path.Base(runtime)
	if name != "runc" {
		// Not measured: the widest row is the one most likely to start it.
		n.Syscalls = union(runcOldNNP, runcSafeOpen, runcEarlyInit, goRuntime)
		n.Source = "built-in table of runc without no-new-privileges; " + name + " is not measured"
		return n
	}
	sets := [][]string{runcOldNNP, goRuntime}
	row := "runc before 1.2.8 and 1.3.3"
	if opensSafely(version) {
		sets = append(sets, runcSafeOpen)
		row = "runc from 1.2.8 and 1.3.3"
	}
	if nnp {
		row += ", with no-new-privileges"
	} else {
		sets = append(sets, runcEarlyInit)
		row += ", without no-new-privileges"
	}
	n.Syscalls = union(sets...)
	n.Source = "built-in table: " + row + ", measured on x86-64"
	return n
}

var versionPattern = regexp.MustCompile(`^[vV]?([0-9]{1,6})\.([0-9]{1,6})(?:\.([0-9]{1,6}))?`)

// opensSafely tells whether a version of runc has the safe opening of paths,
// which came with 1.2.8, 1.3.3 and 1.4.
func opensSafely(version string) bool {
	m := versionPattern.FindStringSubmatch(strings.TrimSpace(version))
	if m == nil {
		return true
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	patch, _ := strconv.Atoi(m[3])
	switch {
	case major != 1:
		return major > 1
	case minor == 2:
		return patch >= 8
	case minor == 3:
		return patch >= 3
	}
	return minor > 3
}

func union(sets ...[]string) []string {
	out := slices.Concat(sets...)
	slices.Sort(out)
	return slices.Compact(out)
}

// goProgram is what the runtime of a Go program calls at moments of its own
// choosing: garbage collection, preemption, waking of threads, polling. None opens
// anything that the program could not do otherwise. Source: the Go runtime's
// sys_linux_*.s and os_linux.go.
var goProgram = []string{
	"clock_gettime", "clone", "close", "epoll_create1", "epoll_ctl", "epoll_pwait", "eventfd2", "exit", "exit_group",
	"fcntl", "futex", "getpid", "getrandom", "gettid", "madvise", "mincore", "mmap", "munmap", "nanosleep", "pipe2",
	"read", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "sched_yield", "sigaltstack",
	"tgkill", "write",
}

// GoRuntimeCalls returns, sorted, the calls that the runtime of every Go program
// may make at any moment. One run may show any part of them, so a profile of a Go
// program needs them all. clone is among them, which a filter judges by its flags.
func GoRuntimeCalls() []string { return slices.Clone(goProgram) }

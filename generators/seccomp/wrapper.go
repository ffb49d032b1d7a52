package seccomp

// wrapperCalls are what a shell calls that reads secrets from files into its
// environment and then executes the service's program. The service may have been
// recorded without it. They are what strace saw of dash 0.5.12, bash 5.2 and
// busybox 1.35 doing so, with the read built-in and with cat, on x86-64, and what
// stands for these calls elsewhere; those that a shell does well without (prctl,
// ioctl, sysinfo, getpeername) are left out. Every one is a call that any program
// makes; none opens a way out of the container.
var wrapperCalls = []string{
	"access", "arch_prctl", "brk", "clone", "close", "dup2", "dup3", "execve", "exit", "exit_group", "faccessat",
	"fadvise64", "fcntl", "fork", "fstat", "futex", "getegid", "geteuid", "getgid", "getpgid", "getpgrp", "getpid",
	"getppid", "getrandom", "getuid", "lseek", "lstat", "mmap", "mprotect", "munmap", "newfstatat", "open", "openat",
	"pipe", "pipe2", "poll", "ppoll", "pread64", "prlimit64", "read", "readlink", "readlinkat", "rseq", "rt_sigaction",
	"rt_sigprocmask", "rt_sigreturn", "sendfile", "set_robust_list", "set_tid_address", "stat", "uname", "vfork",
	"wait4", "write", "writev",
}

// wrapper allows what the shell before the program needs, where the policy is for
// a service that gets one.
func (g *generator) wrapper() {
	if !g.o.Wrapper {
		return
	}
	for _, name := range wrapperCalls {
		// What the service itself was seen to make keeps its reason, and clone its
		// flags: a new process is among them in every mode.
		if have := g.allowed[name]; have != nil && (have.rules == nil || name == "clone") || !g.exists(name) {
			continue
		}
		var rules [][]Arg
		if name == "clone" {
			rules = g.plainClone()
		}
		g.admit(name, Reason{
			Source: SourceWrapper, Allowed: true, Text: "the shell that reads the secrets before the program starts",
		}, rules)
	}
}

package engine

import (
	"debug/buildinfo"
	"os/exec"
	"slices"

	"batten/profiles"
)

// goCalls are what the runtime of a Go program calls at moments of its own
// choosing: garbage collection, preemption, waking of threads, polling. One run
// may show any part of them, so a profile of a Go program has them all. None opens
// anything that the program could not do otherwise. Source: the Go runtime's
// sys_linux_*.s and os_linux.go.
var goCalls = []string{
	"clock_gettime", "clone", "close", "epoll_create1", "epoll_ctl", "epoll_pwait", "eventfd2", "exit", "exit_group",
	"fcntl", "futex", "getpid", "getrandom", "gettid", "madvise", "mincore", "mmap", "munmap", "nanosleep", "pipe2",
	"read", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "sched_yield", "sigaltstack",
	"tgkill", "write",
}

// maxPrograms bounds how many executed files are looked at.
const maxPrograms = 64

// commandNeeds is what a command needs that batten starts itself: its execve, and
// the Go runtime's calls when it is a Go program.
func commandNeeds(p profiles.Profile, nnp bool) profiles.RuntimeNeeds {
	needs := profiles.RuntimeBaseline("", "", nnp)
	if !runsGo(p) {
		return needs
	}
	for _, call := range goCalls {
		// clone is judged by its arguments; allowing it here would drop that.
		if call != "clone" {
			needs.Syscalls = append(needs.Syscalls, call)
		}
	}
	slices.Sort(needs.Syscalls)
	needs.Syscalls = slices.Compact(needs.Syscalls)
	needs.Source += "; calls of the Go runtime, which it makes at random"
	return needs
}

// runsGo tells whether a file that the service executed is a Go program, as far
// as the files are on this machine.
func runsGo(p profiles.Profile) bool {
	var files []string
	if len(p.Service.Command) > 0 {
		if path, err := exec.LookPath(p.Service.Command[0]); err == nil {
			files = append(files, path)
		}
	}
	for _, program := range p.Programs {
		if program.Part == profiles.PartApplication && len(files) < maxPrograms {
			files = append(files, program.Path)
		}
	}
	return slices.ContainsFunc(files, func(path string) bool {
		info, err := buildinfo.ReadFile(path)
		return err == nil && info.GoVersion != ""
	})
}

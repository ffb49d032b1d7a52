package engine

import (
	"debug/buildinfo"
	"os/exec"
	"slices"

	"batten/profiles"
)

// maxPrograms bounds how many executed files are looked at.
const maxPrograms = 64

// commandNeeds is what a command needs that batten starts itself: its execve, and
// the Go runtime's calls when it is a Go program.
func commandNeeds(p profiles.Profile, nnp bool) profiles.RuntimeNeeds {
	needs := profiles.RuntimeBaseline("", "", nnp)
	if !runsGo(p) {
		return needs
	}
	for _, call := range profiles.GoRuntimeCalls() {
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

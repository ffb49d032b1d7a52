package seccomp

import (
	"slices"
	"syscall"
)

// Compiled is what libseccomp makes of a policy: what a container runtime loads.
type Compiled struct {
	Filter []syscall.SockFilter
	// Unknown are names that this host's libseccomp does not know, sorted. A
	// runtime ignores their rules, so that the calls get the default action.
	Unknown []string
}

// without returns the policy without some names.
func (p *Policy) without(names []string) *Policy {
	if len(names) == 0 {
		return p
	}
	q := p.canonical()
	for i := range q.Syscalls {
		r := &q.Syscalls[i]
		r.Names = slices.DeleteFunc(r.Names, func(n string) bool { return slices.Contains(names, n) })
	}
	q.Syscalls = slices.DeleteFunc(q.Syscalls, func(r Rule) bool { return len(r.Names) == 0 })
	return q
}

package plan

import (
	"path/filepath"
	"slices"
	"strings"

	"batten/profiles"
)

// swarm tells that the project is deployed as a stack, which leaves privileged,
// security_opt and modes of namespaces out.
func (c *scored) swarm() bool { return c.facts.Target == TargetSwarm }

func whenPrivileged(points int) func(*scored) int {
	return func(c *scored) int {
		if c.service.Privileged && !c.swarm() {
			return points
		}
		return 0
	}
}

// Points lost for what the filter lets through.
const (
	unfiltered    = 20
	dockerDefault = 13
	unknownFilter = 7
	// fewCalls is what a small service needs at least: a filter that allows no more
	// costs nothing. allCalls stands in when the size of Docker's default is unknown.
	fewCalls, allCalls = 50, 350
)

func seccompLost(c *scored) int {
	policy, generated := c.facts.Policies[c.service.Name]
	switch {
	case c.swarm() || c.service.Seccomp == "":
		return dockerDefault
	case c.service.Seccomp == "unconfined":
		return unfiltered
	case generated && c.service.Seccomp == filepath.Join(c.facts.Project.Dir, policy.Path):
		return tailoredLost(policy)
	}
	return unknownFilter
}

// tailoredLost is what is lost in proportion to how much of Docker's default a
// generated filter allows.
func tailoredLost(p Policy) int {
	all := p.Docker
	if all <= fewCalls {
		all = allCalls
	}
	return min(dockerDefault, max(0, (p.Allowed-fewCalls)*dockerDefault/(all-fewCalls)))
}

// seccompLeft tells a fix that sets a profile from one that takes "unconfined" away.
func seccompLeft(c *scored, f Finding) int {
	policy, ok := c.facts.Policies[c.service.Name]
	sets := mentions(f, func(s string) bool {
		return strings.Contains(s, "seccomp") && !strings.HasSuffix(s, "unconfined")
	})
	if ok && sets {
		return tailoredLost(policy)
	}
	return dockerDefault
}

// dockerCaps are the capabilities of a container that asks for none.
var dockerCaps = []string{
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW",
	"SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}

func shortCap(name string) string { return strings.TrimPrefix(strings.ToUpper(name), "CAP_") }

// defaultCapsLost is half a point for each default capability that is kept.
func defaultCapsLost(c *scored) int {
	drop, add := map[string]bool{}, map[string]bool{}
	for _, name := range c.service.CapDrop {
		drop[shortCap(name)] = true
	}
	for _, name := range c.service.CapAdd {
		add[shortCap(name)] = true
	}
	kept := 0
	for _, name := range dockerCaps {
		if add[name] || add["ALL"] || !drop[name] && !drop["ALL"] {
			kept++
		}
	}
	return (kept + 1) / 2
}

// defaultCapsLeft counts what the fix gives back after dropping all, and what the
// file gives back already where the fix leaves that alone.
func defaultCapsLeft(c *scored, f Finding) int {
	back := map[string]bool{}
	note := func(s string) {
		if name := shortCap(s); slices.Contains(dockerCaps, name) {
			back[name] = true
		}
	}
	if f.Fix == nil || !slices.ContainsFunc(f.Fix.Changes, replacesCapAdd) {
		for _, name := range c.service.CapAdd {
			note(name)
		}
	}
	mentions(f, func(s string) bool { note(s); return false })
	return (len(back) + 1) / 2
}

func replacesCapAdd(c Change) bool {
	return (c.Op == Set || c.Op == Remove) && len(c.Path) > 0 && c.Path[len(c.Path)-1] == "cap_add"
}

func rootLost(c *scored) int {
	user := c.service.User
	if user == "" && c.service.Facts != nil {
		user = c.service.Facts.User
	}
	name, _, _ := strings.Cut(user, ":")
	switch {
	case name != "" && name != "0" && name != "root":
		return 0
	case stepsDown(c.facts.Profiles[c.service.Name]):
		return 2
	}
	return 4
}

// stepsDown tells that a service that starts as root was seen to serve as others
// only.
func stepsDown(p *profiles.Profile) bool {
	if p == nil {
		return false
	}
	other := false
	for _, i := range p.Identities {
		if !slices.Contains(i.Phases, profiles.PhaseSteady) {
			continue
		}
		if i.UID == 0 {
			return false
		}
		other = true
	}
	return other
}

func newPrivilegesLost(c *scored) int {
	if c.facts.Project.Host.NoNewPrivs || c.service.NoNewPrivileges && !c.swarm() {
		return 0
	}
	return 4
}

func rootWritableLost(c *scored) int {
	if c.service.Config.ReadOnly {
		return 0
	}
	return 9
}

// Limits stand in deploy, or, outside 3.8, in keys of the service.
func memoryLost(c *scored) int {
	s := c.service.Config
	if s.MemLimit > 0 || s.Deploy != nil && s.Deploy.Resources.Limits != nil && s.Deploy.Resources.Limits.MemoryBytes > 0 {
		return 0
	}
	return 2
}

func cpuLost(c *scored) int {
	s := c.service.Config
	if s.CPUS > 0 || s.CPUQuota > 0 || s.Deploy != nil && s.Deploy.Resources.Limits != nil && s.Deploy.Resources.Limits.NanoCPUs > 0 {
		return 0
	}
	return 1
}

func pidsLost(c *scored) int {
	s := c.service.Config
	if s.PidsLimit > 0 || s.Deploy != nil && s.Deploy.Resources.Limits != nil && s.Deploy.Resources.Limits.Pids > 0 {
		return 0
	}
	return 1
}

// mentions tells whether any text that a fix writes is as wanted.
func mentions(f Finding, wanted func(string) bool) bool {
	if f.Fix == nil {
		return false
	}
	found := false
	for _, c := range f.Fix.Changes {
		eachText(c.Value, func(s string) { found = wanted(s) || found })
	}
	return found
}

func eachText(v any, do func(string)) {
	switch v := v.(type) {
	case string:
		do(v)
	case []string:
		for _, s := range v {
			do(s)
		}
	case []any:
		for _, s := range v {
			eachText(s, do)
		}
	case Map:
		for _, p := range v {
			eachText(p.Value, do)
		}
	}
}

package engine

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"batten/generators/seccomp"
	"batten/internal/docker"
	"batten/internal/fault"
	"batten/profiles"
	"batten/trace"
)

// connect reaches the engine, with a hint when it cannot.
func connect(ctx context.Context) (*docker.Engine, error) {
	engine, err := docker.Connect(ctx)
	return engine, fault.Wrap(fault.Environment, err,
		"start the engine, or join its group; commands and pid:N can be traced without it")
}

// containerTarget describes a container as a target, with the conditions that it
// runs under.
func containerTarget(c docker.Container, facts docker.Facts, name string, startupSeen bool) trace.Target {
	command := append(slices.Clone(c.Entrypoint), c.Command...)
	digest := c.ImageDigest
	if _, after, ok := strings.Cut(digest, "@"); ok {
		digest = after
	} else {
		digest = c.ImageID
	}
	return trace.Target{
		Service: profiles.Service{
			Name: name, Project: c.Project, Kind: profiles.KindContainer, Image: c.Image, Digest: digest,
			Command: profiles.RedactArgs(command),
		},
		Run: profiles.Run{
			Engine: "docker " + facts.Version, Runtime: runtimeText(runtimeOf(c, facts), versionOf(c, facts)),
			NoNewPrivileges: c.NoNewPrivileges, Seccomp: seccompKind(c, facts), StartupSeen: startupSeen,
		},
		Container: c.ID, HealthCheck: c.HealthCheck,
	}
}

func runtimeOf(c docker.Container, facts docker.Facts) string {
	if c.Runtime != "" && c.Runtime != facts.Runtime {
		return c.Runtime
	}
	if facts.RuntimePath != "" {
		return facts.RuntimePath
	}
	return facts.Runtime
}

func versionOf(c docker.Container, facts docker.Facts) string {
	if c.Runtime != "" && c.Runtime != facts.Runtime {
		return "" // another runtime than the default: its version is not asked for
	}
	return facts.RuntimeVersion
}

// seccompKind tells which filter judges a container's calls.
func seccompKind(c docker.Container, facts docker.Facts) profiles.Seccomp {
	switch c.Seccomp {
	case "unconfined":
		return profiles.SeccompUnconfined
	case "":
		if c.Privileged || !facts.Seccomp {
			return profiles.SeccompUnconfined
		}
		if slices.ContainsFunc(facts.SecurityOptions, func(o string) bool {
			return strings.Contains(o, "seccomp") && strings.Contains(o, "profile=") && !strings.Contains(o, "profile=default") && !strings.Contains(o, "profile=builtin")
		}) {
			return profiles.SeccompCustom
		}
		return profiles.SeccompDefault
	}
	if allowsEverything(c.Seccomp) {
		return profiles.SeccompRecord
	}
	return profiles.SeccompCustom
}

// allowsEverything knows the recording profile. It does not mind keys that are
// unknown: batten adds one for some compose programs.
func allowsEverything(text string) bool {
	var p struct {
		DefaultAction seccomp.Action
		Syscalls      []json.RawMessage
	}
	err := json.Unmarshal([]byte(text), &p)
	return err == nil && p.DefaultAction == seccomp.ActAllow && len(p.Syscalls) == 0
}

// formerOf is what a container could do: its filter and its bounding set. Own is
// the text of its profile, "unconfined", or "" for the engine's default; the
// recording profile, which an earlier batten could not take back, counts as that.
func formerOf(own string, privileged bool, add, drop []string) former {
	f := former{caps: bounding(privileged, add, drop)}
	switch {
	case own == "unconfined", own == "" && privileged:
		f.policy = seccomp.Unconfined()
	case !allowsEverything(own):
		if p, err := seccomp.Parse([]byte(own)); err == nil {
			f.policy = p
		}
	}
	return f
}

// bounding is the set of capabilities after cap_add and cap_drop.
func bounding(privileged bool, add, drop []string) []string {
	all := profiles.CapabilityNames()
	if privileged {
		return all
	}
	set := map[string]bool{}
	for _, c := range seccomp.DockerCapabilities() {
		set[c] = true
	}
	apply := func(list []string, value bool) {
		for _, c := range list {
			if strings.EqualFold(c, "ALL") {
				for _, name := range all {
					set[name] = value
				}
			}
		}
		for _, c := range list {
			if n, ok := profiles.CapabilityNumber(c); ok {
				set[profiles.CapabilityName(n)] = value
			}
		}
	}
	// Docker's order: with ALL dropped, what is added stays; with ALL added, what
	// is dropped goes.
	if slices.ContainsFunc(add, func(c string) bool { return strings.EqualFold(c, "ALL") }) {
		apply(add, true)
		apply(drop, false)
	} else {
		apply(drop, false)
		apply(add, true)
	}
	out := []string{}
	for _, name := range all {
		if set[name] {
			out = append(out, name)
		}
	}
	return out
}

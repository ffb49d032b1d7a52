package engine

import (
	"slices"

	"batten/generators/capabilities"
	"batten/generators/seccomp"
	"batten/profiles"
)

// Summary is what a profile amounts to, for people and for JSON.
type Summary struct {
	Runs     int              `json:"runs"`
	Calls    CallCounts       `json:"calls"`
	Security []SecurityCall   `json:"security"` // security-relevant calls that are needed
	Needs    []CapabilityNeed `json:"capabilities"`
	// Wanted were asked for and refused; the service lived without.
	Wanted []CapabilityNeed `json:"capabilitiesRefused,omitempty"`
	Advice []string         `json:"capabilityAdvice,omitempty"`
	// SeesCapabilities is false when no run could see capability checks.
	SeesCapabilities bool     `json:"seesCapabilities"`
	Denied           []string `json:"denied,omitempty"`
	Programs         int      `json:"programs"`
	// Files counts what was recorded of files and sockets, nil when no run recorded
	// them.
	Files    *FileCounts    `json:"files,omitempty"`
	Gaps     []profiles.Gap `json:"gaps"`
	Ready    bool           `json:"ready"`
	Seccomp  *SeccompCounts `json:"seccomp,omitempty"`
	Beyond   []string       `json:"beyond,omitempty"` // seen, but refused before: not allowed by default
	Notes    []string       `json:"notes,omitempty"`
	Warnings []string       `json:"warnings,omitempty"` // what this trace could not see
}

// CallCounts are distinct call names by part.
type CallCounts struct {
	Application int `json:"application"`
	Exec        int `json:"exec"`
	Runtime     int `json:"runtime"`
}

// SecurityCall is a security-relevant call that was seen.
type SecurityCall struct {
	Name   string        `json:"name"`
	Reason string        `json:"reason"`
	Part   profiles.Part `json:"part"`
}

// CapabilityNeed is a capability that is needed, and why.
type CapabilityNeed struct {
	Name        string `json:"name"`
	Meaning     string `json:"meaning"`
	Reason      string `json:"reason"` // call, kernel function and program of the first use
	StartupOnly bool   `json:"startupOnly,omitempty"`
}

// SeccompCounts compare a policy with Docker's default.
type SeccompCounts struct {
	Allowed         int      `json:"allowed"`
	DockerDefault   int      `json:"dockerDefault"`
	Removed         int      `json:"removed"`
	RemovedSecurity []string `json:"removedSecurity"`
}

// summarise puts a profile and the policy made of it, if any, into a few numbers.
// had is the bounding set that the service had, nil when it is not known.
func summarise(p profiles.Profile, policy *seccomp.Result, had []string) Summary {
	arch := p.Arch()
	s := Summary{
		Runs: len(p.Runs),
		Calls: CallCounts{
			Application: len(p.ByPart(profiles.PartApplication, arch)),
			Exec:        len(p.ByPart(profiles.PartExec, arch)),
			Runtime:     len(p.ByPart(profiles.PartRuntime, arch)),
		},
		Security: []SecurityCall{}, Needs: []CapabilityNeed{}, Gaps: p.Gaps(), Ready: p.Ready(),
		Programs: len(p.Programs), SeesCapabilities: slices.ContainsFunc(p.Runs, profiles.Run.SeesCapabilities),
	}
	s.Files = countFiles(p)
	if s.Gaps == nil {
		s.Gaps = []profiles.Gap{}
	}
	seen := map[SecurityCall]bool{}
	for _, call := range p.Syscalls {
		reason, ok := profiles.Security(call.Name)
		row := SecurityCall{call.Name, reason, call.Part}
		if ok && call.Part != profiles.PartRuntime && !seen[row] {
			seen[row] = true
			s.Security = append(s.Security, row)
		}
	}
	set := capabilities.Generate(p, capabilities.Options{Had: had})
	for _, e := range set.Evidence {
		s.Needs = append(s.Needs, CapabilityNeed{e.Name, e.Meaning, e.Reason(), e.StartupOnly})
	}
	for _, e := range set.Wanted {
		s.Wanted = append(s.Wanted, CapabilityNeed{e.Name, e.Meaning, e.Reason(), e.StartupOnly})
	}
	if s.SeesCapabilities {
		for _, n := range set.Notes {
			s.Advice = append(s.Advice, n.Text)
		}
	}
	for _, d := range p.Denied {
		if !slices.Contains(s.Denied, d.Name) {
			s.Denied = append(s.Denied, d.Name)
		}
	}
	if policy == nil {
		return s
	}
	s.Seccomp = &SeccompCounts{
		Allowed: policy.Stats.Allowed, DockerDefault: policy.Stats.DockerDefaultAllowed,
		Removed: policy.Stats.RemovedFromDefault, RemovedSecurity: policy.Stats.RemovedSecurity,
	}
	s.Notes = policy.Notes
	for _, b := range policy.Beyond {
		if !b.Admitted && !slices.Contains(s.Beyond, b.Name) {
			s.Beyond = append(s.Beyond, b.Name)
		}
	}
	return s
}

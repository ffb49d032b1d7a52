package imports

import (
	"fmt"
	"slices"

	"batten/profiles"
)

// filter is a seccomp profile, in the fields that an import needs. Docker, podman
// and the SeccompProfile object share them.
type filter struct {
	DefaultAction string       `json:"defaultAction" yaml:"defaultAction"`
	Architectures []string     `json:"architectures" yaml:"architectures"`
	ArchMap       []archMap    `json:"archMap" yaml:"archMap"`
	Syscalls      []filterRule `json:"syscalls" yaml:"syscalls"`
	// BaseProfileName is of the security-profiles-operator: what this one adds to.
	BaseProfileName string `json:"baseProfileName" yaml:"baseProfileName"`
}

type archMap struct {
	Architecture string `json:"architecture" yaml:"architecture"`
}

type filterRule struct {
	Name     string     `json:"name" yaml:"name"`
	Names    []string   `json:"names" yaml:"names"`
	Action   string     `json:"action" yaml:"action"`
	Includes conditions `json:"includes" yaml:"includes"`
	Excludes conditions `json:"excludes" yaml:"excludes"`
}

// conditions make a rule of Docker depend on the container.
type conditions struct {
	Caps   []string `json:"caps" yaml:"caps"`
	Arches []string `json:"arches" yaml:"arches"`
}

// Bounds of one filter.
const (
	maxRules = 10000
	maxNames = 100000
)

// recordingOf makes a recording of the calls that a filter allows.
func recordingOf(f filter, backend, name string) (profiles.Recording, error) {
	if !refuses(f.DefaultAction) {
		return profiles.Recording{}, fmt.Errorf("%w: the default action %q refuses nothing, so that its rules are no list of what is needed",
			ErrFormat, short(f.DefaultAction))
	}
	arch, err := nativeOf(f)
	if err != nil {
		return profiles.Recording{}, err
	}
	if len(f.Syscalls) > maxRules {
		return profiles.Recording{}, fmt.Errorf("%w: more than %d rules", ErrTooLarge, maxRules)
	}
	g := newGathered()
	names := 0
	for _, rule := range f.Syscalls {
		list := rule.Names
		if rule.Name != "" {
			list = append(slices.Clone(list), rule.Name)
		}
		if names += len(list); names > maxNames {
			return profiles.Recording{}, fmt.Errorf("%w: more than %d names", ErrTooLarge, maxNames)
		}
		if !allows(rule.Action) || !rule.applies(arch) {
			continue
		}
		for _, name := range list {
			if _, ok := profiles.SyscallNumber(arch, name); !ok {
				continue // of another architecture, or no call at all
			}
			g.call(callKey{name, arch, profiles.PartApplication}, 0, func() *profiles.Origin { return nil })
		}
	}
	if len(g.calls) == 0 {
		return profiles.Recording{}, fmt.Errorf("%w: it allows no call of %s", ErrFormat, arch)
	}
	g.loss.Partial = f.BaseProfileName != ""
	if name == "" {
		name = "imported"
	}
	return profiles.Recording{
		Schema:   profiles.RecordingSchema,
		Service:  profiles.Service{Name: name, Kind: profiles.KindContainer},
		Run:      profiles.Run{Backend: backend, Arch: arch, Seccomp: profiles.SeccompUnknown},
		Evidence: g.evidence(),
	}, nil
}

// refuses tells whether a default action makes the rules an allow-list.
func refuses(action string) bool {
	switch action {
	case "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP", "SCMP_ACT_LOG", "SCMP_ACT_TRACE", "SCMP_ACT_NOTIFY":
		return true
	}
	return false
}

func allows(action string) bool {
	return action == "SCMP_ACT_ALLOW" || action == "SCMP_ACT_LOG"
}

// applies tells whether a rule holds for an ordinary container: one that depends
// on a capability says nothing about a need.
func (r filterRule) applies(a profiles.Arch) bool {
	goarch := map[profiles.Arch]string{profiles.ArchX8664: "amd64", profiles.ArchX86: "x86", profiles.ArchX32: "x32",
		profiles.ArchAARCH64: "arm64", profiles.ArchARM: "arm"}[a]
	return len(r.Includes.Caps) == 0 &&
		(len(r.Includes.Arches) == 0 || slices.Contains(r.Includes.Arches, goarch)) &&
		!slices.Contains(r.Excludes.Arches, goarch)
}

// nativeOf returns the first architecture that batten knows and that is native
// somewhere; x86_64 when the filter names none.
func nativeOf(f filter) (profiles.Arch, error) {
	list := slices.Clone(f.Architectures)
	for _, m := range f.ArchMap {
		list = append(list, m.Architecture)
	}
	if len(list) == 0 {
		return profiles.ArchX8664, nil
	}
	// 64 bits first: a filter lists the architectures that one kernel serves.
	for _, a := range []profiles.Arch{profiles.ArchX8664, profiles.ArchAARCH64, profiles.ArchX86, profiles.ArchARM} {
		if slices.Contains(list, a.OCI()) {
			return a, nil
		}
	}
	return "", fmt.Errorf("%w: no architecture of it is known to batten: %q", ErrFormat, short(list[0]))
}

// short cuts text of unknown origin for a message.
func short(s string) string { return s[:min(len(s), 60)] }

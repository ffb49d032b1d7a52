package seccomp

import (
	"fmt"
	"slices"
	"strings"

	"batten/profiles"
)

// dockerArch gives the name that Docker's conditions use for an architecture.
var dockerArch = map[profiles.Arch]string{
	profiles.ArchX8664:   "amd64",
	profiles.ArchX86:     "x86",
	profiles.ArchX32:     "x32",
	profiles.ArchAARCH64: "arm64",
	profiles.ArchARM:     "arm",
}

// Flatten resolves archMap, includes and excludes as dockerd does for a host of
// one native architecture, a container whose bounding set is caps ("CAP_CHOWN"),
// and a kernel release ("6.1.0-37-amd64"; "" means newer than every condition).
// The result is what the runtime gets. Comments are kept.
func (p *Policy) Flatten(arch profiles.Arch, caps []string, kernel string) (*Policy, error) {
	if !arch.Valid() {
		return nil, fmt.Errorf("flatten policy: %w: unknown architecture %q", ErrInvalid, arch)
	}
	version := kernelVersion{major: 1 << 32}
	if kernel != "" {
		v, ok := parseKernel(kernel, false)
		if !ok {
			return nil, fmt.Errorf("flatten policy: %w: kernel release %.40q", ErrInvalid, kernel)
		}
		version = v
	}
	out := p.canonical()
	if len(out.ArchMap) > 0 {
		for _, m := range out.ArchMap {
			if m.Architecture == arch.OCI() {
				out.Architectures = append([]string{m.Architecture}, m.SubArchitectures...)
				break
			}
		}
		out.ArchMap = nil
	}
	host := flattenHost{arch: dockerArch[arch], kernel: version, caps: map[string]bool{}}
	for _, c := range caps {
		host.caps[strings.ToUpper(c)] = true
	}
	out.Syscalls = slices.DeleteFunc(out.Syscalls, func(r Rule) bool { return !host.keeps(r) })
	for i := range out.Syscalls {
		out.Syscalls[i].Includes, out.Syscalls[i].Excludes = nil, nil
	}
	return out, nil
}

type flattenHost struct {
	arch   string
	kernel kernelVersion
	caps   map[string]bool
}

// keeps applies the conditions of one rule: excluded by any, included by all.
func (h flattenHost) keeps(r Rule) bool {
	if e := r.Excludes; e != nil {
		if slices.Contains(e.Arches, h.arch) || slices.ContainsFunc(e.Caps, h.has) || e.MinKernel != "" && h.atLeast(e.MinKernel) {
			return false
		}
	}
	if i := r.Includes; i != nil {
		if len(i.Arches) > 0 && !slices.Contains(i.Arches, h.arch) {
			return false
		}
		if slices.ContainsFunc(i.Caps, func(c string) bool { return !h.has(c) }) {
			return false
		}
		if i.MinKernel != "" && !h.atLeast(i.MinKernel) {
			return false
		}
	}
	return true
}

func (h flattenHost) has(capability string) bool { return h.caps[capability] }

func (h flattenHost) atLeast(release string) bool {
	v, ok := parseKernel(release, true)
	return ok && !h.kernel.less(v)
}

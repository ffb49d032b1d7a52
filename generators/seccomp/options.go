package seccomp

import (
	"fmt"

	"batten/profiles"
)

// Mode tells how close a policy keeps to what was seen.
type Mode string

const (
	// Portable also allows the calls of equal privilege that another version of
	// the C library would make instead, and judges arguments only where a value
	// that was not seen would be a privilege. The default.
	Portable Mode = "portable"
	// Tight allows what was seen and what the runtime needs, nothing else.
	Tight Mode = "tight"
)

// Options are the decisions that [Generate] does not take itself. The zero value
// is a good start.
type Options struct {
	Mode Mode // "" is Portable
	// NoNewPrivileges tells how the service will run. The runtime needs far fewer
	// calls with it.
	NoNewPrivileges bool
	// Runtime is the calibrated set of the container runtime. When it names no
	// calls, the built-in table for the recorded runtime is used.
	Runtime profiles.RuntimeNeeds
	// Capabilities is the bounding set that the service had ("CAP_CHOWN"), by
	// which the conditions of the ceiling are resolved; nil means
	// [DockerCapabilities].
	Capabilities []string
	// Ceiling is the policy that the service had before; what it refused is never
	// allowed by default. Nil means Docker's default for a container and no
	// ceiling for a command or process.
	Ceiling *Policy
	// AllowBeyond names calls to allow although the ceiling refuses them.
	AllowBeyond []string
	// IncludeExec also allows what commands executed by hand needed. Health checks
	// are always included: they are part of the service.
	IncludeExec bool
	// Wrapper allows also what a shell needs that reads secrets from files before it
	// executes the service's program.
	Wrapper bool
	// WithoutArguments leaves argument filters out, except those of the ceiling.
	WithoutArguments bool
	// AllowClone3 is for programs that use clone3 and do not fall back to clone.
	// Its flags lie in memory, so that new namespaces cannot be refused then.
	AllowClone3 bool
	// ExtraArch are native architectures of other hosts that the policy is for
	// too; it then has an archMap, which only dockerd understands.
	ExtraArch []profiles.Arch
}

func (o Options) validate() error {
	if o.Mode != "" && o.Mode != Portable && o.Mode != Tight {
		return fmt.Errorf("%w: mode %.20q", ErrInvalid, o.Mode)
	}
	for _, a := range o.ExtraArch {
		if !a.Valid() || a == profiles.ArchX32 {
			return fmt.Errorf("%w: architecture %.20q", ErrInvalid, a)
		}
	}
	if o.Runtime.Syscalls != nil && o.Runtime.NoNewPrivileges != o.NoNewPrivileges {
		return fmt.Errorf("%w: the runtime's calls were measured with no-new-privileges %t, the policy is for %t",
			ErrInvalid, o.Runtime.NoNewPrivileges, o.NoNewPrivileges)
	}
	return nil
}

package apparmor

import (
	"fmt"

	"batten/profiles"
)

// Options are the decisions that [Generate] does not take itself. Only the name has
// no default.
type Options struct {
	Name string // of the profile, see [Name]
	// Complain writes a profile that logs what it would refuse.
	Complain bool
	// NoNewPrivileges tells how the service will run. With it the kernel refuses to
	// change the profile at an exec, so that there are no child profiles.
	NoNewPrivileges bool
	// Capabilities are those that the service will have ("CAP_CHOWN" or "chown"); nil
	// means those that were observed as needed.
	Capabilities []string
	// IncludeExec also allows what commands executed by hand needed. Health checks are
	// always included: they are part of the service.
	IncludeExec bool
	// AllowBeyond writes rules also for what docker-default refuses and the service was
	// seen to do: writing to /sys, sockets of the kernel's crypto interface.
	AllowBeyond bool
	// WithoutChildren never gives a helper program a profile of its own.
	WithoutChildren bool
	// DaemonProfile is the profile that the engine's daemon itself runs under, from
	// which signals are received too; "" for a daemon that is unconfined.
	DaemonProfile string
}

func (o Options) validate() error {
	if err := validName(o.Name); err != nil {
		return err
	}
	if o.DaemonProfile != "" {
		if err := validName(o.DaemonProfile); err != nil {
			return fmt.Errorf("daemon's profile: %w", err)
		}
	}
	for _, c := range o.Capabilities {
		if _, ok := profiles.CapabilityNumber(c); !ok {
			return fmt.Errorf("%w: capability %s is unknown", ErrInvalid, printable(c))
		}
	}
	return nil
}

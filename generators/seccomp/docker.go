package seccomp

import (
	"encoding/json"
	"fmt"

	moby "github.com/moby/profiles/seccomp"

	"batten/profiles"
)

// dockerCaps is what a container has when nothing is said.
// Source: moby/moby oci/caps defaults.
var dockerCaps = []string{
	"CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID",
	"CAP_KILL", "CAP_MKNOD", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP",
	"CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
}

// DockerCapabilities returns the capabilities of a container for which none were
// added or dropped, sorted.
func DockerCapabilities() []string { return append([]string(nil), dockerCaps...) }

// DockerDefault returns Docker's default policy as the runtime gets it on a host
// of that architecture for a container with that bounding set (nil:
// [DockerCapabilities]). It is the default of the newest engine; older engines
// allow a little less. Source: moby/profiles.
func DockerDefault(arch profiles.Arch, caps []string) (*Policy, error) {
	raw, err := json.Marshal(moby.DefaultProfile())
	if err != nil {
		return nil, fmt.Errorf("read docker's default policy: %w", err)
	}
	p, err := Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("read docker's default policy: %w", err)
	}
	if caps == nil {
		caps = dockerCaps
	}
	return p.Flatten(arch, caps, "")
}

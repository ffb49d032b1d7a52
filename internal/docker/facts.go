package docker

import (
	"context"
	"os/exec"
	"slices"
	"strings"

	"github.com/moby/moby/client"
)

// Facts is what batten needs to know about an engine.
type Facts struct {
	Version    string // engine version
	APIVersion string // the negotiated API version

	Runtime        string // default runtime's name
	RuntimePath    string // its path as the engine has it, often a bare name
	RuntimeBinary  string // where that is on this machine; "" when not found here
	RuntimeVersion string

	SecurityOptions []string // as the engine lists them: name=seccomp,profile=default …
	Seccomp         bool
	AppArmor        bool
	Rootless        bool

	CgroupDriver  string
	CgroupVersion string // "1" or "2"
	StorageDriver string
	KernelVersion string
	Architecture  string
	LiveRestore   bool
	UserNamespace bool // containers run in a user namespace of their own
}

// Facts asks the engine what it is.
func (e *Engine) Facts(ctx context.Context) (Facts, error) {
	result, err := e.client.Info(ctx, client.InfoOptions{})
	if err != nil {
		return Facts{}, failed("read", "engine information", err, nil)
	}
	version, err := e.client.ServerVersion(ctx, client.ServerVersionOptions{})
	if err != nil {
		return Facts{}, failed("read", "engine version", err, nil)
	}
	info := result.Info
	facts := Facts{
		Version:         info.ServerVersion,
		APIVersion:      e.client.ClientVersion(),
		Runtime:         info.DefaultRuntime,
		RuntimePath:     info.Runtimes[info.DefaultRuntime].Path,
		SecurityOptions: slices.Sorted(slices.Values(info.SecurityOptions)),
		Seccomp:         hasSecurityOption(info.SecurityOptions, "seccomp"),
		AppArmor:        hasSecurityOption(info.SecurityOptions, "apparmor"),
		Rootless:        hasSecurityOption(info.SecurityOptions, "rootless"),
		UserNamespace:   hasSecurityOption(info.SecurityOptions, "userns"),
		CgroupDriver:    info.CgroupDriver,
		CgroupVersion:   info.CgroupVersion,
		StorageDriver:   info.Driver,
		KernelVersion:   info.KernelVersion,
		Architecture:    info.Architecture,
		LiveRestore:     info.LiveRestoreEnabled,
	}
	if e.Local() && facts.RuntimePath != "" {
		if binary, err := exec.LookPath(facts.RuntimePath); err == nil {
			facts.RuntimeBinary = binary
		}
	}
	for _, component := range version.Components {
		if component.Name == facts.Runtime {
			facts.RuntimeVersion = component.Version
		}
	}
	return facts, nil
}

// hasSecurityOption looks for a name in the engine's list, where an entry is
// either a bare name or comma-separated key=value pairs.
func hasSecurityOption(options []string, name string) bool {
	return slices.ContainsFunc(options, func(option string) bool {
		first, _, _ := strings.Cut(option, ",")
		return strings.TrimPrefix(first, "name=") == name
	})
}

package docker

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/netip"
	"os"
	"slices"

	"github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"
)

// HostFacts is what matters of an engine and its machine for what is to run there.
type HostFacts struct {
	Version    string
	AppArmor   bool // containers can be confined with it
	SELinux    bool
	Swarm      bool // this node is part of a swarm
	UserRemap  bool // root of a container is another user of the machine
	NoNewPrivs bool // for every container
	// LogLimited tells that every container's log is bounded, as far as can be seen:
	// by the default driver, or by the daemon's settings on this machine.
	LogLimited bool
	// Subnets are those of networks of the engine and of routes of this machine, in
	// CIDR form, sorted, distinct.
	Subnets []string
	// FreeNetworks is how many more networks without a subnet of their own can be
	// made; -1 when that is not known.
	FreeNetworks int
}

// daemonFile holds the daemon's settings where it is not told otherwise.
const daemonFile = "/etc/docker/daemon.json"

// HostFacts asks the engine what it is and, where it is on this machine, reads the
// machine's routes and the daemon's settings. Networks of the compose project of this
// name do not count as used: they would be the ones that are replaced.
func (e *Engine) HostFacts(ctx context.Context, project string) (HostFacts, error) {
	result, err := e.client.Info(ctx, client.InfoOptions{})
	if err != nil {
		return HostFacts{}, failed("read", "engine information", err, nil)
	}
	info := result.Info
	out := HostFacts{
		Version:    info.ServerVersion,
		AppArmor:   hasSecurityOption(info.SecurityOptions, "apparmor"),
		SELinux:    hasSecurityOption(info.SecurityOptions, "selinux"),
		UserRemap:  hasSecurityOption(info.SecurityOptions, "userns"),
		NoNewPrivs: hasSecurityOption(info.SecurityOptions, "no-new-privileges"),
		Swarm:      info.Swarm.LocalNodeState == swarm.LocalNodeStateActive,
		LogLimited: info.LoggingDriver == "local",
	}
	networks, err := e.client.NetworkList(ctx, client.NetworkListOptions{})
	if err != nil {
		return HostFacts{}, failed("list", "networks", err, nil)
	}
	var used, own []netip.Prefix
	for _, n := range networks.Items {
		for _, config := range n.IPAM.Config {
			switch {
			case !config.Subnet.IsValid():
			case project != "" && n.Labels[LabelProject] == project:
				own = append(own, config.Subnet.Masked())
			default:
				used = append(used, config.Subnet.Masked())
			}
		}
	}
	pools := defaultPools()
	if len(info.DefaultAddressPools) > 0 {
		pools = nil
		for _, p := range info.DefaultAddressPools {
			pools = append(pools, pool{p.Base, p.Size})
		}
	}
	out.FreeNetworks = -1 // routes of the engine's machine count, and are not known
	if e.Local() {
		for _, route := range parseRoutes(readHost("/proc/net/route")) {
			if !slices.Contains(own, route) {
				used = append(used, route)
			}
		}
		out.FreeNetworks = free(pools, used)
		settings := parseDaemon(readHost(daemonFile))
		out.NoNewPrivs = out.NoNewPrivs || settings.NoNewPrivileges
		out.LogLimited = out.LogLimited || info.LoggingDriver == "json-file" && settings.Log.MaxSize != ""
	}
	out.Subnets = texts(used)
	return out, nil
}

// readHost reads a small file of this machine, nil when that is not possible.
func readHost(name string) []byte {
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return nil
	}
	return data
}

// daemonSettings is the part of the daemon's settings that batten looks at.
type daemonSettings struct {
	NoNewPrivileges bool `json:"no-new-privileges"`
	Log             struct {
		MaxSize string `json:"max-size"`
	} `json:"log-opts"`
}

func parseDaemon(data []byte) daemonSettings {
	var out daemonSettings
	if json.Unmarshal(data, &out) != nil {
		return daemonSettings{}
	}
	return out
}

func texts(prefixes []netip.Prefix) []string {
	slices.SortFunc(prefixes, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	var out []string
	for _, p := range slices.Compact(prefixes) {
		out = append(out, p.String())
	}
	return out
}

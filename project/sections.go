package project

import (
	"maps"
	"strings"

	"github.com/compose-spec/compose-go/v2/paths"
	"github.com/compose-spec/compose-go/v2/transform"
)

// complete sets defaults and makes relative paths absolute, as compose-go does it,
// with compose-go's own functions. They compare every value that they are shown with
// every path pattern that they know, and so they are shown only the sections of
// services in which a pattern can match.
func complete(dict map[string]any, dir string) error {
	defaults := sectionsWithDefaults()
	err := showing(dict, func(section string) bool { return defaults[section] }, func(some map[string]any) error {
		_, err := transform.SetDefaultValues(some)
		return err
	})
	if err != nil {
		return err
	}
	return showing(dict, func(section string) bool { return !pathless[section] }, func(some map[string]any) error {
		return paths.ResolveRelativePaths(some, dir, nil)
	})
}

// showing calls do with a project whose services have some of their sections only,
// and takes over what it makes of them.
func showing(dict map[string]any, shown func(section string) bool, do func(map[string]any) error) error {
	services, _ := dict["services"].(map[string]any)
	some := map[string]any{}
	for name, v := range services {
		sections := map[string]any{}
		service, _ := v.(map[string]any)
		for key, value := range service {
			if shown(key) {
				sections[key] = value
			}
		}
		if len(sections) > 0 {
			some[name] = sections
		}
	}
	view := maps.Clone(dict)
	view["services"] = some
	if err := do(view); err != nil {
		return err
	}
	for name, sections := range some {
		maps.Copy(services[name].(map[string]any), sections.(map[string]any))
	}
	delete(view, "services")
	maps.Copy(dict, view)
	return nil
}

// sectionsWithDefaults are the sections of a service that compose-go has defaults
// for, from its own table.
func sectionsWithDefaults() map[string]bool {
	out := map[string]bool{}
	for pattern := range transform.DefaultValues {
		if parts := strings.Split(string(pattern), "."); len(parts) > 2 && parts[0] == "services" {
			out[parts[2]] = true
		}
	}
	return out
}

// pathless are the sections of a service that hold no path of this machine which
// compose-go makes absolute. Sections that are not named here are shown to it.
var pathless = map[string]bool{
	"annotations": true, "cap_add": true, "cap_drop": true, "command": true, "container_name": true,
	"cpu_shares": true, "cpus": true, "cpuset": true, "depends_on": true, "deploy": true, "devices": true,
	"dns": true, "dns_opt": true, "dns_search": true, "domainname": true, "entrypoint": true, "environment": true,
	"expose": true, "external_links": true, "extra_hosts": true, "group_add": true, "healthcheck": true,
	"hostname": true, "image": true, "init": true, "ipc": true, "labels": true, "links": true, "logging": true,
	"mac_address": true, "mem_limit": true, "mem_reservation": true, "memswap_limit": true, "network_mode": true,
	"networks": true, "pid": true, "pids_limit": true, "platform": true, "ports": true, "privileged": true,
	"profiles": true, "pull_policy": true, "read_only": true, "restart": true, "secrets": true, "security_opt": true,
	"shm_size": true, "stdin_open": true, "stop_grace_period": true, "stop_signal": true, "sysctls": true,
	"tmpfs": true, "tty": true, "ulimits": true, "user": true, "userns_mode": true, "working_dir": true,
}

package dialect

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// ignored is one setting that docker stack deploy reads and does not apply.
type ignored struct {
	shape       string
	found       func(n *yaml.Node) bool // nil: whatever the value
	why         string
	translation string
}

const (
	silently = "docker stack deploy drops it without a word"
	warned   = "docker stack deploy ignores it with a warning"
)

var ignoredByStack = []ignored{
	{"services.*.tmpfs", nil, silently, "a volume of the type tmpfs in the long form"},
	{"services.*.security_opt", nil, warned, "daemon.json, for all containers"},
	{"services.*.devices", nil, warned, ""},
	{"services.*.ipc", nil, warned, ""},
	{"services.*.pid", nil, warned, ""},
	{"services.*.privileged", nil, warned, ""},
	{"services.*.userns_mode", nil, warned, "userns-remap in daemon.json, for all containers"},
	{"services.*.cgroup_parent", nil, warned, ""},
	{"services.*.network_mode", nil, warned, "networks"},
	{"services.*.shm_size", nil, warned, "a volume of the type tmpfs at /dev/shm"},
	{"services.*.links", nil, warned, "a network that both services are in"},
	{"services.*.external_links", nil, warned, "an external network"},
	{"services.*.domainname", nil, warned, ""},
	{"services.*.mac_address", nil, warned, ""},
	{"services.*.build", nil, warned, "an image that every node can get"},
	{"services.*.container_name", nil, warned, ""},
	{"services.*.expose", nil, warned, "nothing: services of one network reach each other's ports"},
	{"services.*.depends_on", nil, silently, "services that wait for what they need"},
	{"services.*.restart", nil, "docker stack deploy warns about it, and applies it where deploy has no restart_policy", "deploy.restart_policy"},
	{"services.*.ports[]", bindsAddress, "docker stack deploy ignores the address and listens on all", "mode: host, and a firewall"},
}

// Ignored finds what docker stack deploy does not apply in one file, in the order
// of the file.
func Ignored(root *yaml.Node) []Problem {
	var out []Problem
	walk(root, func(at place) {
		for _, one := range ignoredByStack {
			if one.shape == at.shape && (one.found == nil || one.found(at.node)) {
				out = append(out, at.problem([]Reader{Stack}, one.why, one.translation))
			}
		}
	})
	return out
}

// bindsAddress holds for a port in the short form with an address before it.
func bindsAddress(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode {
		return child(n, "host_ip") != nil
	}
	parts := strings.Split(withoutVariables(n.Value), ":")
	return len(parts) > 2
}

// withoutVariables takes the colons of ${NAME:-default} out of a text.
func withoutVariables(text string) string {
	var b strings.Builder
	depth := 0
	for i, r := range text {
		switch {
		case r == '{' && i > 0 && text[i-1] == '$':
			depth++
		case r == '}' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}

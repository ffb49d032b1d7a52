package rules

import (
	"slices"
	"strconv"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// resolverAddress is the engine's own name server inside a container.
const resolverAddress = "127.0.0.11"

// listening are the TCP ports that a service was seen to listen on where a program
// inside it can reach them by 127.0.0.1, ascending.
func listening(p *profiles.Profile) []int {
	var out []int
	if p == nil {
		return nil
	}
	for _, s := range p.Sockets {
		local := slices.Contains([]string{"", "0.0.0.0", "::", "127.0.0.1"}, s.Address)
		if s.Use == profiles.SocketListen && s.Protocol == "tcp" && local && s.Address != resolverAddress && s.Port > 0 {
			out = append(out, s.Port)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func listensOnOne(p *profiles.Profile, ports []int) bool {
	return slices.ContainsFunc(listening(p), func(port int) bool { return slices.Contains(ports, port) })
}

// servedPort is the TCP port by which a service is best asked whether it works: of
// those that it was seen to listen on, or else that its image names, one that is
// published or exposed before others. It is 0 when there is none.
func servedPort(d *plan.Draft, s project.Service) (port int, from string, seen bool) {
	ports := listening(d.Profile(s.Name))
	from, seen = plan.FromRecording, true
	if d.Profile(s.Name) == nil && s.Facts != nil {
		from, seen = plan.FromImage, false
		ports = tcpPorts(s.Facts.Ports)
	}
	if len(ports) == 0 {
		return 0, "", false
	}
	meant := tcpPorts(s.Config.Expose)
	for _, p := range s.Config.Ports {
		if p.Protocol != "udp" {
			meant = append(meant, int(p.Target))
		}
	}
	for _, p := range ports {
		if slices.Contains(meant, p) {
			return p, from, seen
		}
	}
	return ports[0], from, seen
}

// tcpPorts reads "80/tcp" and "80", ascending.
func tcpPorts(texts []string) []int {
	var out []int
	for _, text := range texts {
		number, protocol, _ := strings.Cut(text, "/")
		if n, err := strconv.ParseUint(number, 10, 16); err == nil && protocol != "udp" && n > 0 {
			out = append(out, int(n))
		}
	}
	slices.Sort(out)
	return out
}

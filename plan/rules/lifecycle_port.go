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
	for _, s := range p.OverIP() {
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
// published or exposed before others. It is 0 when there is none. The doubt is about
// one of several that an image names, of which nothing says that it is served.
func servedPort(d *plan.Draft, s project.Service) (port int, from, doubt string) {
	ports, from := listening(d.Profile(s.Name)), plan.FromRecording
	if d.Profile(s.Name) == nil {
		ports, from = imagePorts(s)
	}
	if len(ports) == 0 {
		return 0, "", ""
	}
	meant := tcpPorts(s.Config.Expose)
	for _, p := range s.Config.Ports {
		if p.Protocol != "udp" {
			meant = append(meant, int(p.Target))
		}
	}
	for _, p := range ports {
		if slices.Contains(meant, p) {
			return p, from, ""
		}
	}
	if len(ports) > 1 && from != plan.FromRecording {
		doubt = "the image names several ports, and which of them is served was not seen"
	}
	return ports[0], from, doubt
}

// imagePorts are the ports that an image names, or else that are known of it.
func imagePorts(s project.Service) (ports []int, from string) {
	if s.Facts != nil {
		ports = tcpPorts(s.Facts.Ports)
	}
	if len(ports) > 0 {
		return ports, plan.FromImage
	}
	known, _ := knownImage(s)
	return known.Ports, plan.FromFacts
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

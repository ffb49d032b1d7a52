package network

import (
	"slices"
	"strconv"
	"strings"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// endpoint is a port with its protocol.
type endpoint struct {
	port     int
	protocol string
}

// listening are the ports that a recording saw a service listen on, sorted.
func listening(profile *profiles.Profile) []endpoint {
	var out []endpoint
	if profile == nil {
		return nil
	}
	for _, s := range profile.OverIP() {
		if s.Use == profiles.SocketListen && !slices.Contains(out, endpoint{s.Port, s.Protocol}) {
			out = append(out, endpoint{s.Port, s.Protocol})
		}
	}
	slices.SortFunc(out, compareEndpoints)
	return out
}

func compareEndpoints(a, b endpoint) int {
	if a.port != b.port {
		return a.port - b.port
	}
	return strings.Compare(a.protocol, b.protocol)
}

// offered are the ports that a service is known to serve, the likeliest first: what
// was recorded, what its file exposes, what its image is known for or declares, and
// the container's side of what is published.
func offered(f plan.Facts, s project.Service) []endpoint {
	var out []endpoint
	add := func(e endpoint) {
		if e.port > 0 && !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	repository := Repository(s.Image)
	recorded := listening(f.Profiles[s.Name])
	for _, known := range stores[repository].Ports {
		if slices.Contains(recorded, endpoint{known, "tcp"}) {
			add(endpoint{known, "tcp"})
		}
	}
	for _, e := range recorded {
		add(e)
	}
	for _, text := range s.Config.Expose {
		add(parseEndpoint(text))
	}
	for _, port := range stores[repository].Ports {
		add(endpoint{port, "tcp"})
	}
	add(endpoint{usualPorts[repository], "tcp"})
	if s.Facts != nil {
		for _, text := range s.Facts.Ports {
			add(parseEndpoint(text))
		}
	}
	for _, p := range s.Config.Ports {
		add(endpoint{int(p.Target), protocolOr(p.Protocol)})
	}
	return out
}

func protocolOr(p string) string {
	if p == "" {
		return "tcp"
	}
	return p
}

// parseEndpoint reads "80", "80/udp", and of a range its first port.
func parseEndpoint(text string) endpoint {
	number, protocol, _ := strings.Cut(text, "/")
	first, _, _ := strings.Cut(number, "-")
	port, err := strconv.Atoi(first)
	if err != nil || port < 1 || port > 65535 {
		return endpoint{}
	}
	return endpoint{port, protocolOr(protocol)}
}

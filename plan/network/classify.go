package network

import (
	"fmt"
	"net/netip"
	"slices"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// Store tells whether a service keeps, caches or hands on data for others: what kind
// and from where that is known. It goes by the whole name of the image's repository,
// else by ports that nothing but a store is known for, when the service has no other
// and was not seen to connect to anything.
func Store(f plan.Facts, s project.Service) (kind string, evidence plan.Evidence, ok bool) {
	if known, found := stores[Repository(s.Image)]; found {
		return known.Kind, plan.Evidence{From: plan.FromFacts, Text: "the image is known as " + known.Kind}, true
	}
	profile := f.Profiles[s.Name]
	if profile != nil && slices.ContainsFunc(profile.OverIP(), leaves) {
		return "", plan.Evidence{}, false
	}
	ports, from := listening(profile), plan.FromRecording
	if len(ports) == 0 {
		ports, from = offered(f, s), plan.FromCompose
	}
	for i, e := range ports {
		name := storePorts[e.port]
		if name == "" || e.protocol != "tcp" {
			return "", plan.Evidence{}, false
		}
		if i == 0 {
			kind = name
		}
	}
	if kind == "" {
		return "", plan.Evidence{}, false
	}
	return kind, plan.Evidence{From: from, Text: fmt.Sprintf("it serves port %d alone, which is that of %s", ports[0].port, kind)}, true
}

// leaves tells whether a socket was connected to something beyond its own container.
// Health checks call the service itself, resolvers ask the engine's name server at a
// loopback address, and the C library connects datagram sockets to the unspecified
// address when it sorts addresses (getaddrinfo(3), RFC 6724).
func leaves(s profiles.Socket) bool {
	if s.Use != profiles.SocketConnect {
		return false
	}
	address, err := netip.ParseAddr(s.Address)
	if s.Peer != "" || err != nil {
		return true
	}
	_, outside := describe(address.Unmap())
	return outside
}

// IsStorePort tells whether a port of a service is one of its store's protocol, and
// not, say, its web interface.
func IsStorePort(s project.Service, port int) bool {
	if known, found := stores[Repository(s.Image)]; found {
		return slices.Contains(known.Ports, port) && known.Kind != objects.Kind
	}
	return storePorts[port] != ""
}

// Entry tells whether a service's image is one that receives the public.
func Entry(s project.Service) bool { return entries[Repository(s.Image)] }

// Outside says whether a service has to reach the outside.
type Outside struct {
	Needed bool
	// Known is false when nothing was measured and nothing is known: the service is
	// then left what it has.
	Known    bool
	Evidence plan.Evidence
}

// needs says whether a service without an edge to the outside has to reach it: what
// was recorded, else what is known of its image. Of an application that nobody
// measured it is assumed.
func needs(f plan.Facts, s project.Service) Outside {
	repository := Repository(s.Image)
	if _, evidence, ok := Store(f, s); ok {
		return Outside{false, true, evidence}
	}
	if what, ok := inward[repository]; ok {
		return Outside{false, true, plan.Evidence{From: plan.FromFacts, Text: "the image is known as " + what}}
	}
	if why, ok := outward[repository]; ok {
		return Outside{true, true, plan.Evidence{From: plan.FromFacts, Text: "the image is one that " + why}}
	}
	if profile := f.Profiles[s.Name]; Sampled(profile) && steady(profile) {
		return Outside{false, true, plan.Evidence{From: plan.FromRecording,
			Text: fmt.Sprintf("no connection to the outside in %d runs", len(profile.Runs))}}
	}
	return Outside{true, false, plan.Evidence{From: plan.FromCompose, Text: "nothing tells that it does without the outside"}}
}

// StoreImage is the kind of store that a service's image is known as, "" for none.
func StoreImage(s project.Service) string { return stores[Repository(s.Image)].Kind }

// Served are the ports that a service is known or declared to serve over TCP, the
// likeliest first.
func Served(f plan.Facts, s project.Service) []int {
	var out []int
	for _, e := range offered(f, s) {
		if e.protocol == "tcp" {
			out = append(out, e.port)
		}
	}
	return out
}

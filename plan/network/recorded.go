package network

import (
	"fmt"
	"net/netip"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// Metadata is where clouds hand out credentials to whoever asks.
const Metadata = "169.254.169.254"

// recorded are the connections that recordings saw.
func (in *inference) recorded(s project.Service) {
	profile := in.facts.Profiles[s.Name]
	if profile == nil {
		return
	}
	for _, one := range profile.OverIP() {
		if one.Use != profiles.SocketConnect {
			continue
		}
		to, text := in.peer(one, len(profile.Runs))
		if to == "" || to == s.Name {
			continue
		}
		in.found = append(in.found, sighting{
			from: s.Name, to: to, at: endpoint{one.Port, protocolOr(one.Protocol)}, observed: true,
			evidence: plan.Evidence{From: plan.FromRecording, Text: oneLine(text)},
		})
	}
}

// peer is whom a connection went to, "" for the service itself.
func (in *inference) peer(s profiles.Socket, runs int) (to, text string) {
	seen := fmt.Sprintf("connected to port %d in %d of %d runs", s.Port, s.Runs, runs)
	if s.Peer != "" {
		if found := in.names.find(s.Peer); len(found) > 0 {
			return found[0], seen
		}
		return Internet, fmt.Sprintf("connected to %s, which is none of the project's, port %d, in %d of %d runs", s.Peer, s.Port, s.Runs, runs)
	}
	address, err := netip.ParseAddr(s.Address)
	if err != nil {
		return "", ""
	}
	address = address.Unmap()
	if found := in.names.find(address.String()); len(found) > 0 {
		return found[0], seen
	}
	what, outside := describe(address)
	if !outside {
		return "", ""
	}
	return Internet, fmt.Sprintf("connected to %s, %s, port %d, in %d of %d runs", address, what, s.Port, s.Runs, runs)
}

// describe says what sort of address a peer is, and whether it lies outside of the
// container. A private address that is no service's may be of another project, of
// the machine or of the local network: none is reached from an internal network.
func describe(a netip.Addr) (what string, outside bool) {
	switch {
	case a.IsLoopback(), a.IsUnspecified(), a.IsMulticast():
		return "", false
	case a.String() == Metadata:
		return "the metadata service of a cloud", true
	case a.IsLinkLocalUnicast():
		return "", false
	case a.IsPrivate():
		return "a private address", true
	}
	return "a public address", true
}

// Sampled tells whether a service's sockets were looked at while it was recorded:
// where they were not, that none was seen means nothing.
func Sampled(p *profiles.Profile) bool {
	return p != nil && (p.SeesFiles() || len(p.Sockets) > 0 || p.Resources != nil || len(p.Identities) > 0)
}

// steady tells whether a service was recorded while it served.
func steady(p *profiles.Profile) bool {
	for _, s := range p.Syscalls {
		for _, phase := range s.Phases {
			if phase == profiles.PhaseSteady {
				return true
			}
		}
	}
	return false
}

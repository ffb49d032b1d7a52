package engine

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"batten/internal/docker"
	"batten/profiles"
	"batten/trace/sample"
)

// peers knows which addresses are of which container.
type peers struct {
	containers map[string]peer       // by container id
	addresses  map[netip.Addr]string // container id; the last one that had it
	joined     map[string]bool       // containers whose network another one is in, too
}

// peer is a container that others may talk to.
type peer struct {
	project string
	service string // or the name of its recording
}

func newPeers() peers {
	return peers{map[string]peer{}, map[netip.Addr]string{}, map[string]bool{}}
}

// learn notes a container. recorded is the name of its recording, which names it
// when it is of no project.
func (p *peers) learn(c docker.Container, recorded string) {
	p.containers[c.ID] = peer{c.Project, cmp.Or(c.Service, recorded)}
	if other, ok := strings.CutPrefix(c.NetworkMode, "container:"); ok {
		p.joined[other] = true
	}
	for _, n := range c.Networks {
		for _, text := range []string{n.Address, n.Address6} {
			if a, err := netip.ParseAddr(text); err == nil {
				p.addresses[a] = c.ID
			}
		}
	}
}

// of is the container at an address as another one may name it: of the same
// project.
func (p *peers) of(address netip.Addr, me peer) (id, service string, ok bool) {
	id, ok = p.addresses[address]
	other := p.containers[id]
	if !ok || other.project != me.project || other.service == "" {
		return "", "", false
	}
	return id, other.service, true
}

// sockets are the sockets of each target in the form of a recording. What one
// target accepted is added to the target that called: its own side may have been
// too short to be seen.
func (p *peers) sockets(targets []*observed, all []sample.Seen) [][]profiles.Socket {
	sets := make([]map[string]profiles.Socket, len(targets))
	byContainer := map[string]int{}
	for i, t := range targets {
		sets[i] = map[string]profiles.Socket{}
		if t.Container != "" {
			byContainer[t.Container] = i
		}
	}
	for i, t := range targets {
		me := p.containers[t.Container]
		for _, e := range all[i].Listening {
			s := profiles.Socket{Use: profiles.SocketListen, Protocol: e.Protocol, Address: e.Address.String(), Port: e.Port, Runs: 1}
			if p.addresses[e.Address] == t.Container && t.Container != "" {
				s.Address = "" // its own, which the engine gives anew each time
			}
			sets[i][s.String()] = s
		}
		for _, e := range all[i].Reached {
			s := profiles.Socket{Use: profiles.SocketConnect, Protocol: e.Protocol, Address: e.Address.String(), Port: e.Port, Runs: 1}
			if _, service, ok := p.of(e.Address, me); ok {
				s.Address, s.Peer = "", service
			}
			sets[i][s.String()] = s
		}
		for _, e := range all[i].Accepted {
			id, _, ok := p.of(e.Address, me)
			caller, traced := byContainer[id]
			if ok && traced && caller != i {
				s := profiles.Socket{Use: profiles.SocketConnect, Protocol: e.Protocol, Peer: me.service, Port: e.Port, Runs: 1}
				sets[caller][s.String()] = s
			}
		}
	}
	out := make([][]profiles.Socket, len(targets))
	for i, set := range sets {
		for _, name := range slices.Sorted(maps.Keys(set)) {
			out[i] = append(out[i], set[name])
		}
	}
	return out
}

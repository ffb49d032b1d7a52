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

// sockets are the sockets of each target in the form of a recording: what its tracer
// recorded, with the names of services for their addresses, or else what was sampled.
// What one target accepted is added to the target that called, where that was sampled:
// its own side may have been too short to be seen.
func (p *peers) sockets(targets []*observed, all []sample.Seen, recs []profiles.Recording) [][]profiles.Socket {
	sets := make([]socketSet, len(targets))
	byContainer := map[string]int{}
	for i, t := range targets {
		sets[i] = socketSet{}
		if t.Container != "" {
			byContainer[t.Container] = i
		}
	}
	recorded := func(i int) bool { return recs[i].Run.SeesFiles() }
	for i, t := range targets {
		me := p.containers[t.Container]
		for _, s := range recs[i].Sockets {
			sets[i].add(p.named(s, t.Container, me))
		}
		if !recorded(i) {
			for _, e := range all[i].Listening {
				s := profiles.Socket{Use: profiles.SocketListen, Protocol: e.Protocol, Address: e.Address.String(), Port: e.Port, Runs: 1}
				sets[i].add(p.named(s, t.Container, me))
			}
			for _, e := range all[i].Reached {
				s := profiles.Socket{Use: profiles.SocketConnect, Protocol: e.Protocol, Address: e.Address.String(), Port: e.Port, Runs: 1}
				sets[i].add(p.named(s, t.Container, me))
			}
		}
		for _, e := range all[i].Accepted {
			id, _, ok := p.of(e.Address, me)
			caller, traced := byContainer[id]
			if ok && traced && caller != i && !recorded(caller) {
				sets[caller].add(profiles.Socket{Use: profiles.SocketConnect, Protocol: e.Protocol, Peer: me.service, Port: e.Port, Runs: 1})
			}
		}
	}
	out := make([][]profiles.Socket, len(targets))
	for i, set := range sets {
		out[i] = set.sorted()
	}
	return out
}

// named puts a service's name in place of the address that its container has now, and
// leaves out the container's own, which the engine gives anew each time.
func (p *peers) named(s profiles.Socket, container string, me peer) profiles.Socket {
	address, err := netip.ParseAddr(s.Address)
	if err != nil {
		return s
	}
	if s.Use == profiles.SocketListen {
		if container != "" && p.addresses[address] == container {
			s.Address = ""
		}
		return s
	}
	if _, service, ok := p.of(address, me); ok {
		s.Address, s.Peer = "", service
	}
	return s
}

// socketKey is what makes two rows of sockets the same one.
type socketKey struct {
	text  string // as the row prints
	name  string // of a Unix socket, whole
	part  profiles.Part
	entry string
}

// socketSet are rows of which several may turn out to be the same once addresses have
// names: replicas of one service.
type socketSet map[socketKey]profiles.Socket

func (set socketSet) add(s profiles.Socket) {
	key := socketKey{s.String(), s.Name, s.Part, s.Entry}
	old, ok := set[key]
	if !ok {
		set[key] = s
		return
	}
	old.Runs = max(old.Runs, s.Runs)
	old.Programs = slices.Concat(old.Programs, s.Programs) // a new list: recordings share theirs
	slices.Sort(old.Programs)
	old.Programs = slices.Compact(old.Programs)
	if old.First == nil || s.First != nil && s.First.Offset < old.First.Offset {
		old.First = s.First
	}
	set[key] = old
}

func (set socketSet) sorted() []profiles.Socket {
	var out []profiles.Socket
	for _, key := range slices.SortedFunc(maps.Keys(set), func(a, b socketKey) int {
		return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.name, b.name), cmp.Compare(a.part, b.part), cmp.Compare(a.entry, b.entry))
	}) {
		out = append(out, set[key])
	}
	return out
}

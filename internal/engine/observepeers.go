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
	containers map[string]peer         // by container id
	addresses  map[netip.Addr][]string // ids of the containers that had it, the last one last
	joined     map[string]bool         // containers whose network another one is in, too
}

// peer is a container that others may talk to.
type peer struct {
	project string
	service string // or the name of its recording
}

func newPeers() peers {
	return peers{map[string]peer{}, map[netip.Addr][]string{}, map[string]bool{}}
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
				had := slices.DeleteFunc(p.addresses[a], func(id string) bool { return id == c.ID })
				p.addresses[a] = append(had, c.ID)
			}
		}
	}
}

// of is the container that last had an address, as another one may name it: of the
// same project.
func (p *peers) of(address netip.Addr, me peer) (id, service string, ok bool) {
	had := p.addresses[address]
	if len(had) == 0 {
		return "", "", false
	}
	id = had[len(had)-1]
	other := p.containers[id]
	if other.project != me.project || other.service == "" {
		return "", "", false
	}
	return id, other.service, true
}

// services are those that a connection to an address may have gone to, as another
// one of the same project names them. A container that starts anew may get what was
// another one's, and then the one meant is the one that serves the port: all of them
// when several do. When none of the recorded ones does, it is one that was not
// recorded, or else the last that had the address.
func (p *peers) services(address netip.Addr, at port, me peer, served served) []string {
	var all []string
	for _, id := range p.addresses[address] {
		if other := p.containers[id]; other.project == me.project && other.service != "" && !slices.Contains(all, other.service) {
			all = append(all, other.service)
		}
	}
	if len(all) < 2 {
		return all
	}
	pick := func(fits func(service string) bool) []string {
		return slices.DeleteFunc(slices.Clone(all), func(service string) bool { return !fits(service) })
	}
	if found := pick(func(service string) bool { return served[service][at] }); len(found) > 0 {
		return found
	}
	if found := pick(func(service string) bool { return served[service] == nil }); len(found) > 0 {
		return found
	}
	return all[len(all)-1:]
}

// port is what a service listens on.
type port struct {
	protocol string
	number   int
}

// served are the ports that each recorded service was seen to listen on.
type served map[string]map[port]bool

func (p *peers) served(targets []*observed, all []sample.Seen, recs []profiles.Recording) served {
	out := served{}
	for i, t := range targets {
		service := p.containers[t.Container].service
		if out[service] == nil {
			out[service] = map[port]bool{}
		}
		for _, s := range recs[i].Sockets {
			if s.Use == profiles.SocketListen {
				out[service][port{s.Protocol, s.Port}] = true
			}
		}
		for _, e := range all[i].Listening {
			out[service][port{e.Protocol, e.Port}] = true
		}
	}
	return out
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
	served := p.served(targets, all, recs)
	recorded := func(i int) bool { return recs[i].Run.SeesFiles() }
	for i, t := range targets {
		me := p.containers[t.Container]
		for _, s := range recs[i].Sockets {
			sets[i].add(p.named(s, t.Container, me, served)...)
		}
		if !recorded(i) {
			for _, e := range all[i].Listening {
				s := profiles.Socket{Use: profiles.SocketListen, Protocol: e.Protocol, Address: e.Address.String(), Port: e.Port, Runs: 1}
				sets[i].add(p.named(s, t.Container, me, served)...)
			}
			for _, e := range all[i].Reached {
				s := profiles.Socket{Use: profiles.SocketConnect, Protocol: e.Protocol, Address: e.Address.String(), Port: e.Port, Runs: 1}
				sets[i].add(p.named(s, t.Container, me, served)...)
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

// named puts services' names in place of the address that their containers have or
// had, and leaves out the container's own, which the engine gives anew each time.
func (p *peers) named(s profiles.Socket, container string, me peer, served served) []profiles.Socket {
	address, err := netip.ParseAddr(s.Address)
	if err != nil {
		return []profiles.Socket{s}
	}
	if s.Use == profiles.SocketListen {
		if container != "" && slices.Contains(p.addresses[address], container) {
			s.Address = ""
		}
		return []profiles.Socket{s}
	}
	var out []profiles.Socket
	for _, service := range p.services(address, port{s.Protocol, s.Port}, me, served) {
		one := s
		one.Address, one.Peer = "", service
		out = append(out, one)
	}
	if out == nil {
		return []profiles.Socket{s}
	}
	return out
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

func (set socketSet) add(rows ...profiles.Socket) {
	for _, s := range rows {
		set.addOne(s)
	}
}

func (set socketSet) addOne(s profiles.Socket) {
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

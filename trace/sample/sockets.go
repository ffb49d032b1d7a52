package sample

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
)

// maxEndpoints bounds how many different ends of one target are kept.
const maxEndpoints = 10_000

// ephemeral is the first port that the kernel gives to sockets which did not ask
// for one. An unconnected UDP socket on such a port waits for answers; one below
// is a server's.
const ephemeral = 32768

// sockets follows the sockets of a target.
type sockets struct {
	listening, reached, accepted map[Endpoint]bool
	ports                        map[port]bool // ever listened on, loopback too
}

type port struct {
	protocol string
	number   uint16
}

func newSockets() sockets {
	return sockets{map[Endpoint]bool{}, map[Endpoint]bool{}, map[Endpoint]bool{}, map[port]bool{}}
}

var tables = []struct{ protocol, name string }{{"tcp", "tcp"}, {"tcp", "tcp6"}, {"udp", "udp"}, {"udp", "udp6"}}

// read looks at the tables of a process's network. own tells whether a socket is
// the target's.
func (s *sockets) read(r root, pid int, own func(entry) bool) {
	for _, t := range tables {
		entries := parseTable(r.proc(pid, "net", t.name))
		// What is listened on comes first: it tells the direction of the rest.
		for _, e := range entries {
			if serves(t.protocol, e) && own(e) {
				s.ports[port{t.protocol, e.local.Port()}] = true
				if !e.local.Addr().IsLoopback() {
					keep(s.listening, endpoint(t.protocol, e.local))
				}
			}
		}
		for _, e := range entries {
			if !connects(t.protocol, e) || !own(e) {
				continue
			}
			if s.ports[port{t.protocol, e.local.Port()}] {
				keep(s.accepted, Endpoint{t.protocol, e.remote.Addr(), int(e.local.Port())})
			} else {
				keep(s.reached, endpoint(t.protocol, e.remote))
			}
		}
	}
}

func serves(protocol string, e entry) bool {
	if e.local.Port() == 0 {
		return false
	}
	if protocol == "udp" {
		return e.state == stateClose && e.remote.Port() == 0 && e.local.Port() < ephemeral
	}
	return e.state == stateListen
}

// connects tells whether a socket has another end that is worth telling of: not
// the target itself, a loopback address or a group.
func connects(protocol string, e entry) bool {
	other := e.remote.Addr()
	if e.remote.Port() == 0 || other.IsUnspecified() || other.IsLoopback() || other.IsMulticast() || other == e.local.Addr() {
		return false
	}
	if protocol == "udp" {
		return e.state == stateEstablished
	}
	return e.state != stateListen && e.state != stateClose
}

func endpoint(protocol string, at netip.AddrPort) Endpoint {
	return Endpoint{protocol, at.Addr(), int(at.Port())}
}

func keep(set map[Endpoint]bool, e Endpoint) {
	if len(set) < maxEndpoints {
		set[e] = true
	}
}

func sorted(set map[Endpoint]bool) []Endpoint {
	return slices.SortedFunc(maps.Keys(set), func(a, b Endpoint) int {
		return cmp.Or(cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Port, b.Port), a.Address.Compare(b.Address))
	})
}

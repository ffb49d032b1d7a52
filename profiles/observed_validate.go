package profiles

import (
	"fmt"
	"math"
	"net/netip"
)

func (c *checker) observed(e Evidence) {
	c.count("files", len(e.Files), maxItems)
	c.count("sockets", len(e.Sockets), maxItems)
	c.count("identities", len(e.Identities), maxItems)
	for i, x := range e.Files {
		at := fmt.Sprintf("files[%d]", i)
		if !validPath(x.Path) {
			c.fail("%s.path: %s is no absolute, clean path", at, quote(x.Path))
		}
		if len(x.Access) == 0 || len(x.Access) > len(accesses) {
			c.fail("%s.access: %d ways of touching a file", at, len(x.Access))
		}
		for _, a := range x.Access {
			oneOf(c, at+".access", a, accesses...)
		}
		oneOf(c, at+".mount", x.Mount, "", MountRoot, MountBind, MountVolume, MountTmpfs)
		c.origin(at, x.First)
		c.runs(at+".runs", x.Runs)
	}
	for i, x := range e.Sockets {
		c.socket(fmt.Sprintf("sockets[%d]", i), x)
	}
	for i, x := range e.Identities {
		at := fmt.Sprintf("identities[%d]", i)
		c.id(at+".uid", x.UID)
		c.id(at+".gid", x.GID)
		c.length(at+".program", x.Program, maxPath)
		c.phases(at, x.Phases)
		c.runs(at+".runs", x.Runs)
	}
}

var accesses = []Access{AccessCreate, AccessWrite, AccessRemove}

func (c *checker) socket(at string, x Socket) {
	oneOf(c, at+".use", x.Use, SocketListen, SocketConnect)
	oneOf(c, at+".protocol", x.Protocol, "tcp", "udp")
	if x.Port < 1 || x.Port > math.MaxUint16 {
		c.fail("%s.port: %d is no port", at, x.Port)
	}
	if x.Address != "" {
		if a, err := netip.ParseAddr(x.Address); err != nil || a.Zone() != "" || a.String() != x.Address {
			c.fail("%s.address: %s is no address in its usual form", at, quote(x.Address))
		}
	}
	c.length(at+".peer", x.Peer, maxName)
	switch {
	case x.Use == SocketListen && x.Peer != "":
		c.fail("%s.peer: a port that is listened on has none", at)
	case x.Use == SocketConnect && (x.Peer == "") == (x.Address == ""):
		c.fail("%s: a peer has either a name or an address", at)
	}
	c.runs(at+".runs", x.Runs)
}

// id checks a user or group ID; the largest 32-bit number stands for "none".
func (c *checker) id(at string, n int) {
	if n < 0 || uint64(n) >= math.MaxUint32 {
		c.fail("%s: %d is no user or group", at, n)
	}
}

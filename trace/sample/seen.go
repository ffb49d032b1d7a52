package sample

import (
	"net/netip"

	"batten/profiles"
)

// Seen is what was seen of one target.
type Seen struct {
	// Listening are the ports that were listened on, Reached those of others that
	// were connected to, without loopback addresses.
	Listening, Reached []Endpoint
	// Accepted are connections from others: the address is theirs, the port is the
	// target's own. They name callers whose own side was too short to be seen.
	Accepted   []Endpoint
	Identities []profiles.Identity
	Resources  profiles.Resources
	Readings   int // in which the target was there
}

// Endpoint is one end of a connection.
type Endpoint struct {
	Protocol string // "tcp", "udp"
	Address  netip.Addr
	Port     int
}

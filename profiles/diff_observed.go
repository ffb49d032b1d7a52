package profiles

import (
	"cmp"
	"fmt"
	"net"
	"strconv"
)

// observedFacts are the paths written, sockets and identities of a profile. They
// carry no part: who of the service did it cannot be told from outside.
func observedFacts(p, other Profile, put func(key string, c Change)) {
	add := func(c Change) { put(c.key(), c) }
	if p.showsFiles() && other.showsFiles() {
		for _, f := range p.Files {
			if f.Changes() {
				add(Change{Kind: ChangeFile, Name: f.Path, First: f.First.clone()})
			}
		}
	}
	if !p.sampled() || !other.sampled() {
		return
	}
	for _, s := range p.Sockets {
		add(Change{Kind: ChangeSocket, Name: s.String()})
	}
	for _, i := range p.Identities {
		add(Change{Kind: ChangeIdentity, Name: fmt.Sprintf("%d:%d", i.UID, i.GID)})
	}
}

// sampled tells whether any run was looked at from outside. Without, that there
// are no sockets says nothing.
func (e Evidence) sampled() bool {
	return e.Resources != nil || len(e.Sockets) > 0 || len(e.Identities) > 0
}

// showsFiles tells whether a run could see what was written: where nothing was, a
// container was at least sampled.
func (p Profile) showsFiles() bool {
	return len(p.Files) > 0 || p.Service.Kind == KindContainer && p.sampled()
}

// String is the socket in one line, such as "listen tcp 0.0.0.0:80".
func (s Socket) String() string {
	if s.Protocol == "unix" {
		return fmt.Sprintf("%s unix @%s", plain(string(s.Use)), plain(s.Name))
	}
	host := cmp.Or(s.Peer, s.Address, "*")
	return fmt.Sprintf("%s %s %s", plain(string(s.Use)), plain(s.Protocol), net.JoinHostPort(plain(host), strconv.Itoa(s.Port)))
}

package profiles

import (
	"fmt"
	"math"
	"net/netip"
	"regexp"
)

func (c *checker) observed(e Evidence) {
	c.count("files", len(e.Files), maxItems)
	c.count("sockets", len(e.Sockets), maxItems)
	c.count("contacts", len(e.Contacts), maxItems)
	c.count("mounts", len(e.Mounts), maxItems)
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
		oneOf(c, at+".mount", x.Mount, "", MountRoot, MountBind, MountVolume, MountTmpfs, MountProc, MountSys, MountDevice)
		oneOf(c, at+".kind", x.Kind, "", FileChar, FileBlock, FileFIFO, FileSocket)
		if x.Device != "" {
			c.pattern(at+".device", "device", x.Device, devicePattern)
		}
		if x.Target != "" && !validPath(x.Target) {
			c.fail("%s.target: %s is no absolute, clean path", at, quote(x.Target))
		}
		c.length(at+".program", x.Program, maxPath)
		c.sampledPart(at, x.Part, x.Entry)
		c.phases(at, x.Phases)
		c.origin(at, x.First)
		c.runs(at+".runs", x.Runs)
	}
	for i, x := range e.Sockets {
		c.socket(fmt.Sprintf("sockets[%d]", i), x)
	}
	for i, x := range e.Contacts {
		at := fmt.Sprintf("contacts[%d]", i)
		oneOf(c, at+".kind", x.Kind, ContactSignal, ContactPtrace)
		if x.Kind == ContactSignal || x.Signal != "" {
			c.pattern(at+".signal", "signal", x.Signal, signalPattern)
		}
		c.length(at+".peer", x.Peer, maxName)
		c.length(at+".program", x.Program, maxPath)
		c.part(at, x.Part, x.Entry)
		c.origin(at, x.First)
		c.runs(at+".runs", x.Runs)
	}
	for i, x := range e.Mounts {
		at := fmt.Sprintf("mounts[%d]", i)
		oneOf(c, at+".operation", x.Operation, mountOperations...)
		if !validPath(x.Path) {
			c.fail("%s.path: %s is no absolute, clean path", at, quote(x.Path))
		}
		c.length(at+".type", x.Type, maxName)
		c.length(at+".source", x.Source, maxPath)
		c.strings(at+".options", x.Options, maxOptions, maxName)
		c.length(at+".program", x.Program, maxPath)
		c.part(at, x.Part, x.Entry)
		c.origin(at, x.First)
		c.runs(at+".runs", x.Runs)
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

var accesses = []Access{
	AccessRead, AccessCreate, AccessWrite, AccessAppend, AccessTruncate, AccessRemove, AccessRename, AccessReplace,
	AccessLink, AccessSymlink, AccessChmod, AccessChown, AccessLock, AccessLockOnly, AccessMap, AccessExecute,
	AccessBind, AccessConnect,
}

var mountOperations = []string{"mount", "bind", "remount", "move", "propagation", "umount", "pivot_root"}

var (
	devicePattern = regexp.MustCompile(`^[0-9]{1,7}:[0-9]{1,7}$`)
	signalPattern = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,9}$`)
)

// sampledPart checks the part of a row that may have none.
func (c *checker) sampledPart(at string, p Part, entry string) {
	if p != "" || entry != "" {
		c.part(at, p, entry)
	}
}

func (c *checker) socket(at string, x Socket) {
	oneOf(c, at+".use", x.Use, SocketListen, SocketConnect)
	oneOf(c, at+".protocol", x.Protocol, "tcp", "udp", "unix")
	c.strings(at+".programs", x.Programs, maxPrograms, maxPath)
	c.sampledPart(at, x.Part, x.Entry)
	c.origin(at, x.First)
	c.runs(at+".runs", x.Runs)
	if x.Protocol == "unix" {
		c.length(at+".name", x.Name, maxName)
		if x.Port != 0 || x.Address != "" || x.Peer != "" {
			c.fail("%s: a Unix socket has a name alone", at)
		}
		return
	}
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
}

// id checks a user or group ID; the largest 32-bit number stands for "none".
func (c *checker) id(at string, n int) {
	if n < 0 || uint64(n) >= math.MaxUint32 {
		c.fail("%s: %d is no user or group", at, n)
	}
}

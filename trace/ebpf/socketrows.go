package ebpf

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"batten/profiles"
)

type socketRow struct {
	use                      profiles.SocketUse
	protocol, address, named string
	port                     int
	part                     profiles.Part
	entry                    string
}

func (c *collector) addSocket(k objectsSocketKey, v objectsCall) {
	part, entry, phase := c.place(k.Bucket)
	if part == profiles.PartRuntime {
		return
	}
	row := socketRow{use: profiles.SocketListen, protocol: "udp", port: int(k.Port), part: part, entry: entry}
	if k.Use == 2 {
		row.use = profiles.SocketConnect
	}
	if k.Stream != 0 {
		row.protocol = "tcp"
	}
	switch k.Family {
	case unix.AF_INET:
		row.address = netip.AddrFrom4([4]byte(k.Address[:4])).String()
	case unix.AF_INET6:
		row.address = netip.AddrFrom16(k.Address).Unmap().String()
	case unix.AF_UNIX:
		kept, ok := c.s.truth.names[objectsPathKey{Unit: k.Unit, Hash: binary.NativeEndian.Uint64(k.Address[:])}]
		if !ok {
			c.lostPaths++
			return
		}
		row.protocol, row.port, row.named = "unix", 0, valid(kept.text)
	}
	first := c.origin(v, k.Unit, phase)
	have := c.sockets[row]
	if have == nil {
		have = &profiles.Socket{
			Use: row.use, Protocol: row.protocol, Address: row.address, Port: row.port, Name: row.named,
			Part: part, Entry: entry, First: first, Runs: 1,
		}
		c.sockets[row] = have
	}
	have.Programs = addText(have.Programs, c.exe(k.Unit, k.Exe))
	have.First = earlier(have.First, first)
}

func addText(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

type contactRow struct {
	kind                         profiles.ContactKind
	signal, peer, program, entry string
	part                         profiles.Part
}

func (c *collector) addContact(k objectsContactKey, v objectsCall) {
	part, entry, phase := c.place(k.Bucket)
	if part == profiles.PartRuntime {
		return
	}
	row := contactRow{kind: profiles.ContactPtrace, peer: c.peer(k.Unit, k.Peer), program: c.exe(k.Unit, k.Exe), part: part, entry: entry}
	if k.Kind == 1 {
		row.kind, row.signal = profiles.ContactSignal, signalName(k.Signal)
	}
	first := c.origin(v, k.Unit, phase)
	if have := c.contacts[row]; have != nil {
		have.First = earlier(have.First, first)
		return
	}
	c.contacts[row] = &profiles.Contact{
		Kind: row.kind, Signal: row.signal, Peer: row.peer, Program: row.program, Part: part, Entry: entry, First: first, Runs: 1,
	}
}

// peer names the service that another unit is of: "" for the same service.
func (c *collector) peer(own, other uint32) string {
	if own == other {
		return ""
	}
	b := c.owners[other]
	switch b {
	case nil:
		return profiles.Outside
	case c.b:
		return ""
	}
	return b.Service.Name
}

// firstRealTime is the kernel's SIGRTMIN; the C library keeps some for itself.
const firstRealTime = 32

func signalName(n uint8) string {
	if n == 0 {
		return "EXISTS"
	}
	if n >= firstRealTime {
		return fmt.Sprintf("RT%d", n-firstRealTime)
	}
	return strings.TrimPrefix(unix.SignalName(unix.Signal(n)), "SIG")
}

// mountFlags of mount(2) that AppArmor's rules name, in the order of their bits.
var mountFlags = []struct {
	bit  uint64
	name string
}{
	{unix.MS_RDONLY, "ro"}, {unix.MS_NOSUID, "nosuid"}, {unix.MS_NODEV, "nodev"}, {unix.MS_NOEXEC, "noexec"},
	{unix.MS_SYNCHRONOUS, "sync"}, {unix.MS_MANDLOCK, "mand"}, {unix.MS_DIRSYNC, "dirsync"}, {unix.MS_NOATIME, "noatime"},
	{unix.MS_NODIRATIME, "nodiratime"}, {unix.MS_SILENT, "silent"}, {unix.MS_RELATIME, "relatime"},
	{unix.MS_STRICTATIME, "strictatime"}, {unix.MS_REC, "rec"}, {unix.MS_UNBINDABLE, "unbindable"},
	{unix.MS_PRIVATE, "private"}, {unix.MS_SLAVE, "slave"}, {unix.MS_SHARED, "shared"},
}

func (c *collector) addMount(k objectsMountKey, v objectsCall) {
	part, entry, phase := c.place(k.Bucket)
	if part == profiles.PartRuntime {
		return
	}
	at, ok := c.pathOf(k.Unit, k.Path, true, v.Tgid)
	if !ok {
		c.lostPaths++
		return
	}
	m := profiles.Mount{
		Operation: operation(k), Type: text(k.Type[:]), Path: at.path, Program: c.exe(k.Unit, k.Exe),
		Part: part, Entry: entry, First: c.origin(v, k.Unit, phase), Runs: 1,
	}
	if n, ok := c.s.truth.names[objectsPathKey{Unit: k.Unit, Hash: k.Source}].asName(false); ok {
		m.Source = n.name
	}
	if k.Operation == 1 {
		for _, f := range mountFlags {
			if k.Flags&f.bit != 0 {
				m.Options = append(m.Options, f.name)
			}
		}
	}
	c.mounts = append(c.mounts, m)
}

func operation(k objectsMountKey) string {
	const propagation = unix.MS_UNBINDABLE | unix.MS_PRIVATE | unix.MS_SLAVE | unix.MS_SHARED
	switch {
	case k.Operation == 2:
		return "umount"
	case k.Flags&unix.MS_REMOUNT != 0:
		return "remount"
	case k.Flags&unix.MS_BIND != 0:
		return "bind"
	case k.Flags&unix.MS_MOVE != 0:
		return "move"
	case k.Flags&propagation != 0:
		return "propagation"
	}
	return "mount"
}

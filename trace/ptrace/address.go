package ptrace

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"

	"batten/profiles"
)

// address is what a struct sockaddr says. Of what batten does not know it is empty.
type address struct {
	ip       netip.Addr
	port     int
	path     string // of a Unix socket, as it was given
	abstract string // without the NUL byte before it
}

// maxAddress is sizeof(struct sockaddr_storage).
const maxAddress = 128

// address reads the address at addr, of size bytes.
func (h *held) address(addr, size uint64) address {
	size &= 0xffffffff
	if size < 2 || size > maxAddress {
		return address{} // EINVAL
	}
	b, err := readExactly(h.th.tid, addr, int(size))
	if err != nil {
		return address{} // EFAULT
	}
	return parseAddress(b)
}

func parseAddress(b []byte) (a address) {
	family := binary.NativeEndian.Uint16(b)
	switch {
	case family == unix.AF_INET && len(b) >= unix.SizeofSockaddrInet4:
		a.port = int(binary.BigEndian.Uint16(b[2:]))
		a.ip = netip.AddrFrom4([4]byte(b[4:8]))
	case family == unix.AF_INET6 && len(b) >= unix.SizeofSockaddrInet6-4: // SIN6_LEN_RFC2133
		a.port = int(binary.BigEndian.Uint16(b[2:]))
		a.ip = netip.AddrFrom16([16]byte(b[8:24])).Unmap()
	case family == unix.AF_UNIX && len(b) > 2 && b[2] == 0:
		a.abstract = string(b[3:])
	case family == unix.AF_UNIX && len(b) > 2:
		a.path = unix.ByteSliceToString(b[2:])
	}
	return a
}

func (a address) socket(use profiles.SocketUse, protocol string) profiles.Socket {
	return profiles.Socket{Use: use, Protocol: protocol, Address: a.ip.String(), Port: a.port}
}

// borrow returns a copy of a socket of the thread, which the caller closes.
func (h *held) borrow(fd uint64) (int, error) {
	pid := h.th.tid
	if st, err := readStatus(decimal(int64(pid))); err == nil && st.tgid != 0 {
		pid = st.tgid // older kernels open no threads
	}
	p, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(p)
	return unix.PidfdGetfd(p, int(int32(fd)), 0)
}

func (h *held) protocolOf(fd uint64) (string, error) {
	s, err := h.borrow(fd)
	if err == unix.EBADF {
		return "", nil // the call is going to fail
	}
	if err != nil {
		return "", err
	}
	defer unix.Close(s)
	return protocolOf(s)
}

// protocolOf returns "tcp", "udp", or "" for every other socket and for what is none.
func protocolOf(s int) (string, error) {
	domain, err := unix.GetsockoptInt(s, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil {
		return "", ignore(err, unix.ENOTSOCK)
	}
	if domain != unix.AF_INET && domain != unix.AF_INET6 {
		return "", nil
	}
	protocol, err := unix.GetsockoptInt(s, unix.SOL_SOCKET, unix.SO_PROTOCOL)
	if err != nil {
		return "", err
	}
	switch protocol {
	case unix.IPPROTO_TCP, unix.IPPROTO_MPTCP:
		return "tcp", nil
	case unix.IPPROTO_UDP, unix.IPPROTO_UDPLITE:
		return "udp", nil
	}
	return "", nil
}

func ignore(err, expected error) error {
	if err == expected {
		return nil
	}
	return err
}

func localAddress(s int) (a address, err error) {
	name, err := unix.Getsockname(s)
	if err != nil {
		return a, err
	}
	switch x := name.(type) {
	case *unix.SockaddrInet4:
		a.ip, a.port = netip.AddrFrom4(x.Addr), x.Port
	case *unix.SockaddrInet6:
		a.ip, a.port = netip.AddrFrom16(x.Addr).Unmap(), x.Port
	}
	return a, nil
}

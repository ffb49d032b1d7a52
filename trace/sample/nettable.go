package sample

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// maxSockets bounds how many lines of one table are read.
const maxSockets = 100_000

// entry is one line of a table of sockets.
type entry struct {
	local, remote netip.AddrPort
	state         uint8
	inode         uint64 // 0 for a socket that no process holds any more
}

// States of a socket, as the kernel numbers them.
const (
	stateEstablished = 0x01
	stateSynSent     = 0x02
	stateClose       = 0x07 // of UDP: not connected
	stateListen      = 0x0a
)

// parseTable reads /proc/PID/net/tcp, tcp6, udp or udp6. Lines that make no sense
// are left out.
func parseTable(data []byte) []entry {
	var out []entry
	for line := range bytes.Lines(data) {
		if len(out) == maxSockets {
			break
		}
		f := strings.Fields(string(line))
		if len(f) < 10 || !strings.HasSuffix(f[0], ":") {
			continue
		}
		local, ok1 := parseEnd(f[1])
		remote, ok2 := parseEnd(f[2])
		state, err1 := strconv.ParseUint(f[3], 16, 8)
		inode, err2 := strconv.ParseUint(f[9], 10, 64)
		if ok1 && ok2 && err1 == nil && err2 == nil {
			out = append(out, entry{local, remote, uint8(state), inode})
		}
	}
	return out
}

// parseEnd reads ADDRESS:PORT in hexadecimal. The address is in words of four
// bytes, each in the machine's order, which is little-endian wherever batten runs.
func parseEnd(s string) (netip.AddrPort, bool) {
	host, service, _ := strings.Cut(s, ":")
	raw, err := hex.DecodeString(host)
	port, err2 := strconv.ParseUint(service, 16, 16)
	if err != nil || err2 != nil || len(raw) != 4 && len(raw) != 16 {
		return netip.AddrPort{}, false
	}
	for word := range slices.Chunk(raw, 4) {
		slices.Reverse(word)
	}
	address, _ := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(address.Unmap(), uint16(port)), true
}

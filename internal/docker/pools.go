package docker

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strconv"
)

// pool is a range of addresses that an engine cuts networks from.
type pool struct {
	base netip.Prefix
	size int // of each network, in bits
}

// defaultPools are those of an engine that is not told of others: fifteen networks
// of 172.17.0.0 to 172.31.0.0, and sixteen of 192.168.0.0/16.
func defaultPools() []pool {
	out := []pool{{netip.MustParsePrefix("192.168.0.0/16"), 20}}
	for second := byte(17); second <= 31; second++ {
		out = append(out, pool{netip.PrefixFrom(netip.AddrFrom4([4]byte{172, second, 0, 0}), 16), 16})
	}
	return out
}

// maxNetworks is where counting the networks of a pool ends: nobody makes more.
const maxNetworks = 4096

// free counts the networks of pools that overlap with nothing that is used. -1
// means that the pools cannot be understood.
func free(pools []pool, used []netip.Prefix) int {
	count := 0
	for _, p := range pools {
		if !p.base.IsValid() || p.size < p.base.Bits() || p.size > p.base.Addr().BitLen() {
			return -1
		}
		if !p.base.Addr().Is4() {
			continue // a network gets an address of the old sort in any case
		}
		total := 1 << min(p.size-p.base.Bits(), 30)
		for i := 0; i < total && count < maxNetworks; i++ {
			if !overlaps(netip.PrefixFrom(nth(p, i), p.size), used) {
				count++
			}
		}
	}
	return count
}

// nth is the first address of a pool's network number i.
func nth(p pool, i int) netip.Addr {
	base := p.base.Masked().Addr().As4()
	first := binary.BigEndian.Uint32(base[:]) + uint32(i)<<(32-p.size)
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, first)))
}

func overlaps(p netip.Prefix, used []netip.Prefix) bool {
	for _, u := range used {
		if p.Overlaps(u) {
			return true
		}
	}
	return false
}

// parseRoutes reads /proc/net/route without the default route. Addresses are
// hexadecimal, in the machine's order, which is little-endian wherever batten runs.
func parseRoutes(data []byte) []netip.Prefix {
	var out []netip.Prefix
	for line := range bytes.Lines(data) {
		f := bytes.Fields(line)
		if len(f) < 8 {
			continue
		}
		to, err1 := strconv.ParseUint(string(f[1]), 16, 32)
		mask, err2 := strconv.ParseUint(string(f[7]), 16, 32)
		if err1 != nil || err2 != nil || mask == 0 {
			continue
		}
		bits := 0
		for m := swap(mask); m&(1<<31) != 0; m <<= 1 {
			bits++
		}
		address := netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, swap(to))))
		out = append(out, netip.PrefixFrom(address, bits).Masked())
	}
	return out
}

func swap(n uint64) uint32 {
	return binary.BigEndian.Uint32(binary.LittleEndian.AppendUint32(nil, uint32(n)))
}

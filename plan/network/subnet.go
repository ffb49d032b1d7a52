package network

import (
	"encoding/binary"
	"hash/fnv"
	"net/netip"

	"batten/plan"
)

// ranges are where explicit subnets are taken from, in this order: the upper part of
// the engine's own default pools, which it hands out last, then a part of 10/8 that
// is rarely routed.
var ranges = []netip.Prefix{
	netip.MustParsePrefix("172.30.0.0/16"),
	netip.MustParsePrefix("172.29.0.0/16"),
	netip.MustParsePrefix("172.28.0.0/16"),
	netip.MustParsePrefix("10.213.0.0/16"),
}

// unknownBudget is how many networks are left to the engine's pools when nobody
// asked how many they hold: 27 to 31 by default, some in use.
const unknownBudget = 20

// subnets gives the new networks explicit small subnets when the engine's pools do
// not hold enough of its large ones. Where in a range they begin depends on the
// project's name, so that two projects that are hardened apart rarely meet.
func subnets(s *Segmentation) {
	f := s.current.facts
	host := f.Project.Host
	budget := unknownBudget
	if host.Known && host.FreeNetworks >= 0 {
		budget = host.FreeNetworks
	}
	if f.Target == plan.TargetSwarm || len(s.Networks) <= budget {
		return
	}
	a := allocator{takenPrefixes(f), stretches(f.Project.Name)}
	for i := range s.Networks {
		n := &s.Networks[i]
		// What was cut before lies before: only what others use can overlap.
		n.Subnet = a.next(bitsFor(s.containers(n.Members)))
	}
}

func (s *Segmentation) containers(members []string) int {
	sum := 0
	for _, m := range members {
		sum += max(1, s.current.services[m].Config.GetScale())
	}
	return sum
}

// bitsFor is the prefix length that holds so many containers, the gateway, and one
// more container for a replacement that starts before the old one ends; the first
// and the last address are not used.
func bitsFor(containers int) int {
	bits := 29
	for bits > 16 && 1<<(32-bits) < containers+4 {
		bits--
	}
	return bits
}

func takenPrefixes(f plan.Facts) []netip.Prefix {
	var out []netip.Prefix
	add := func(text string) {
		if p, err := netip.ParsePrefix(text); err == nil {
			out = append(out, p.Masked())
		}
	}
	for _, text := range f.Project.Host.Subnets {
		add(text)
	}
	for _, n := range f.Project.Model.Networks {
		for _, pool := range n.Ipam.Config {
			if pool != nil {
				add(pool.Subnet)
			}
		}
	}
	return out
}

// stretch is a run of addresses that subnets are cut from, from its beginning.
type stretch struct{ at, end uint64 }

// stretches are the parts of the ranges, those behind the project's own beginning
// first.
func stretches(project string) []stretch {
	h := fnv.New32a()
	h.Write([]byte(project))
	start := uint64(h.Sum32()%64) << 10 // one of 64 places, 1024 addresses apart
	var behind, before []stretch
	for _, r := range ranges {
		base := number(r.Addr())
		behind = append(behind, stretch{base + start, base + 1<<16})
		before = append(before, stretch{base, base + start})
	}
	return append(behind, before...)
}

func number(a netip.Addr) uint64 { return uint64(binary.BigEndian.Uint32(a.AsSlice())) }

// allocator cuts subnets that overlap nothing.
type allocator struct {
	taken []netip.Prefix
	from  []stretch
}

// next is the next free subnet, "" when the ranges are full: the engine's pools are
// then asked after all.
func (a *allocator) next(bits int) string {
	size := uint64(1) << (32 - bits)
	for i := range a.from {
		s := &a.from[i]
		for {
			at := (s.at + size - 1) / size * size
			if at+size > s.end {
				break
			}
			var raw [4]byte
			binary.BigEndian.PutUint32(raw[:], uint32(at))
			p := netip.PrefixFrom(netip.AddrFrom4(raw), bits)
			over, hit := a.overlap(p)
			if !hit {
				s.at = at + size
				return p.String()
			}
			s.at = max(at+size, number(over.Addr())+1<<(32-over.Bits()))
		}
	}
	return ""
}

func (a *allocator) overlap(p netip.Prefix) (netip.Prefix, bool) {
	for _, t := range a.taken {
		if t.Addr().Is4() && t.Overlaps(p) {
			return t, true
		}
	}
	return netip.Prefix{}, false
}

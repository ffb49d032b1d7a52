package seccomp

import (
	"slices"

	"batten/profiles"
)

// Bits of clone's and unshare's flags (linux/sched.h).
const (
	// cloneNamespaces are the flags of clone(2) that make namespaces.
	// CLONE_NEWTIME is not among them: there it is part of the exit signal.
	cloneNamespaces = 0x7e020000
	// unshareNamespaces adds CLONE_NEWTIME.
	unshareNamespaces = cloneNamespaces | 0x80
	// cloneThreads are the flags with which C libraries and language runtimes make
	// threads and processes. They are no privilege and always stay allowed.
	cloneThreads = 0x000000ff | // exit signal
		0x00000100 | // CLONE_VM
		0x00000200 | // CLONE_FS
		0x00000400 | // CLONE_FILES
		0x00000800 | // CLONE_SIGHAND
		0x00001000 | // CLONE_PIDFD
		0x00004000 | // CLONE_VFORK
		0x00010000 | // CLONE_THREAD
		0x00040000 | // CLONE_SYSVSEM
		0x00080000 | // CLONE_SETTLS
		0x00100000 | // CLONE_PARENT_SETTID
		0x00200000 | // CLONE_CHILD_CLEARTID
		0x00400000 | // CLONE_DETACHED, which musl sets
		0x01000000 // CLONE_CHILD_SETTID
)

// Families of sockets (linux/socket.h) that portable mode treats apart.
const (
	afUnix    = 1
	afInet    = 2
	afInet6   = 10
	afNetlink = 16
	sockRaw   = 3
)

// low32 compares an argument of which the kernel reads only the low half. A
// program may pass anything above: a negative int, or what was in the register.
func low32(index int, value uint64) Arg {
	return Arg{Index: uint(index), Op: OpMaskedEqual, Value: 0xffffffff, ValueTwo: value & 0xffffffff}
}

// zeroBits requires bits of the low half not to be set.
func zeroBits(index int, bits uint32) [][]Arg {
	if bits == 0 {
		return nil
	}
	return [][]Arg{{{Index: uint(index), Op: OpMaskedEqual, Value: uint64(bits)}}}
}

// argumentRules returns the argument lists under which a call that was seen stays
// allowed, nil for all. Filters need complete evidence. In portable mode only
// arguments whose other values are a privilege are judged: socket families, new
// namespaces, personality, keys, bpf and ptrace. The options of prctl, ioctl and
// seccomp change with the C library and are judged in tight mode only.
func (g *generator) argumentRules(name string, s *sighting) [][]Arg {
	spec, ok := profiles.ArgumentsOf(name)
	if !ok || g.o.WithoutArguments || !s.complete || s.args == nil || len(s.args.Values) == 0 ||
		!slices.Equal(spec.Index, s.args.Index) {
		return nil
	}
	values := s.args.Values
	if slices.ContainsFunc(values, func(t []uint64) bool { return len(t) != len(spec.Index) }) {
		return nil
	}
	tight := g.o.Mode == Tight
	switch name {
	case "clone":
		return cloneRules(union(values), tight)
	case "unshare":
		if tight {
			return zeroBits(0, ^union(values))
		}
		return zeroBits(0, unshareNamespaces&^union(values))
	case "setns":
		return setnsRules(values)
	case "prctl", "ioctl", "seccomp":
		if !tight {
			return nil
		}
	case "socket", "socketpair":
		if !tight {
			return portableSockets(name, values)
		}
	case "personality":
		if !tight { // 0xffffffff asks and changes nothing
			values = append(slices.Clone(values), []uint64{0xffffffff})
		}
	}
	return exactRules(spec, values)
}

func union(values [][]uint64) uint32 {
	var bits uint64
	for _, t := range values {
		bits |= t[0]
	}
	return uint32(bits)
}

func cloneRules(seen uint32, tight bool) [][]Arg {
	if tight {
		return zeroBits(0, ^(seen | cloneThreads))
	}
	return zeroBits(0, cloneNamespaces&^seen)
}

// setnsRules allows the kinds of namespaces that were seen, one by one: 0 means
// any kind, so that a mask would not protect.
func setnsRules(values [][]uint64) [][]Arg {
	var want []uint64
	for _, t := range values {
		want = append(want, t[0]&0xffffffff)
		for bit := uint64(1); bit <= 1<<31; bit <<= 1 {
			if t[0]&bit != 0 {
				want = append(want, bit)
			}
		}
	}
	slices.Sort(want)
	var out [][]Arg
	for _, v := range slices.Compact(want) {
		out = append(out, []Arg{low32(1, v)})
	}
	return out
}

// exactRules allows each tuple that was seen.
func exactRules(spec profiles.ArgumentSpec, values [][]uint64) [][]Arg {
	values = slices.Clone(values)
	slices.SortFunc(values, slices.Compare)
	var out [][]Arg
	for _, t := range values {
		var args []Arg
		for i, v := range t {
			args = append(args, exactArg(spec, i, v))
		}
		out = append(out, args)
	}
	return dedupe(out)
}

func exactArg(spec profiles.ArgumentSpec, i int, v uint64) Arg {
	index := spec.Index[i]
	switch {
	case i < len(spec.Mask) && spec.Mask[i] != 0:
		return Arg{Index: uint(index), Op: OpMaskedEqual, Value: spec.Mask[i], ValueTwo: v & spec.Mask[i]}
	case spec.Syscall == "bpf": // the command is an int
		return low32(index, v)
	}
	return Arg{Index: uint(index), Op: OpEqual, Value: v}
}

// portableSockets widens the tuples by what another library or another host would
// ask for instead: IPv4 and IPv6 stand for each other, ordinary protocols are free,
// Unix sockets have no types apart. Raw sockets stay exact.
func portableSockets(name string, values [][]uint64) [][]Arg {
	var out [][]Arg
	values = slices.Clone(values)
	slices.SortFunc(values, slices.Compare)
	for _, t := range values {
		domain, kind, protocol := t[0]&0xffffffff, t[1]&0xf, t[2]
		kindArg := Arg{Index: 1, Op: OpMaskedEqual, Value: 0xf, ValueTwo: kind}
		switch {
		case domain == afUnix || name == "socketpair":
			out = append(out, []Arg{low32(0, domain)})
		case domain == afNetlink: // raw and datagram are the same there
			out = append(out, []Arg{low32(0, domain), low32(2, protocol)})
		case (domain == afInet || domain == afInet6) && kind != sockRaw:
			out = append(out, []Arg{low32(0, afInet), kindArg}, []Arg{low32(0, afInet6), kindArg})
		default:
			out = append(out, []Arg{low32(0, domain), kindArg, low32(2, protocol)})
		}
	}
	slices.SortFunc(out, compareArgs)
	return dedupe(out)
}

func compareArgs(a, b []Arg) int {
	return slices.CompareFunc(a, b, func(x, y Arg) int {
		switch {
		case x.Index != y.Index:
			return int(x.Index) - int(y.Index)
		case x.ValueTwo != y.ValueTwo:
			if x.ValueTwo < y.ValueTwo {
				return -1
			}
			return 1
		}
		return 0
	})
}

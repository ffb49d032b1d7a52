package seccomp

import (
	"fmt"
	"maps"
	"slices"
	"syscall"

	"batten/profiles"
)

// lastNumber bounds the numbers that [Verify] tries one by one. No architecture
// of Linux has one so high, and none is near the next interesting value.
const lastNumber = 1023

// maxTuples bounds the argument tuples that are tried in all. A policy of batten
// has some hundreds; only hostile ones reach it, and are tried less thoroughly.
const maxTuples = 1 << 15

// Verify runs a filter and holds its answers against the policy: every call
// number of every architecture that batten knows, numbers far behind them, x32
// numbers, architectures that are not served; and for each call that is judged by
// arguments, every matching tuple and its neighbours in each argument. The filter
// is also checked as the kernel does. Errors: [ErrBadFilter], [ErrUnequal] with the
// first call that differs, [ErrNotFlat], [ErrConflict].
func Verify(p *Policy, filter []syscall.SockFilter, host profiles.Arch) error {
	if err := Check(filter); err != nil {
		return fmt.Errorf("verify filter: %w", err)
	}
	m, err := p.resolve(host)
	if err != nil {
		return fmt.Errorf("verify filter: %w", err)
	}
	if c := m.conflict(); c != "" {
		return fmt.Errorf("verify filter: %s: %w", c, ErrConflict)
	}
	return m.verify(filter)
}

func (m *meaning) verify(filter code) error {
	numbers := interestingNumbers()
	for _, audit := range audits() {
		for _, nr := range numbers {
			if err := m.same(filter, audit, nr, [6]uint64{}); err != nil {
				return err
			}
			if err := m.same(filter, audit, nr, [6]uint64{^uint64(0), 1, 2, 3, 4, 1 << 40}); err != nil {
				return err
			}
		}
	}
	judged := 1
	for _, s := range m.spaces {
		for _, c := range s.calls {
			if len(c.when) > 0 {
				judged++
			}
		}
	}
	for _, s := range m.spaces {
		for _, nr := range slices.Sorted(maps.Keys(s.calls)) {
			c := s.calls[nr]
			for _, t := range c.tuples(narrow(s.arch), maxTuples/judged) {
				for _, n := range []uint32{nr, nr - 1, nr + 1} { // the neighbours must not be judged like it
					if err := m.same(filter, s.audit, n, t); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

func (m *meaning) same(filter code, audit, nr uint32, args [6]uint64) error {
	if audit == profiles.ArchX86.Audit() || audit == profiles.ArchARM.Audit() {
		for i := range args {
			args[i] &= 0xffffffff // the kernel shows no more
		}
	}
	want := m.decide(audit, nr, args)
	got := execute(filter, Data{NR: int32(nr), Arch: audit, Args: args})
	if got == want.Return() {
		return nil
	}
	return fmt.Errorf("verify filter: %w: %s%v gives %s, wanted %s",
		ErrUnequal, m.label(audit, nr), args, VerdictOf(got), want)
}

func (m *meaning) label(audit, nr uint32) string {
	for _, s := range m.spaces {
		if s.audit == audit && (s.arch == profiles.ArchX32) == (audit == profiles.ArchX8664.Audit() && nr >= x32Bit) {
			return callLabel(s.arch, nr)
		}
	}
	return fmt.Sprintf("call %d of architecture %#x", nr, audit)
}

func interestingNumbers() []uint32 {
	var out []uint32
	for nr := uint32(0); nr <= lastNumber; nr++ {
		out = append(out, nr, nr|x32Bit)
	}
	for bit := uint32(11); bit < 32; bit++ {
		out = append(out, 1<<bit-1, 1<<bit, 1<<bit+1)
	}
	return append(out, x32Bit+lastNumber+1, skipNumber-1, skipNumber)
}

func audits() []uint32 {
	var out []uint32
	for _, a := range []profiles.Arch{profiles.ArchX8664, profiles.ArchX86, profiles.ArchAARCH64, profiles.ArchARM} {
		out = append(out, a.Audit())
	}
	return append(out, 0, 0x80000016 /* s390x */, 0xffffffff)
}

// tuples are the arguments at which the answer can change, at most limit: a match
// for each condition, then its neighbours in each argument, then the other
// conditions' values in its place.
func (c callRules) tuples(narrow bool, limit int) [][6]uint64 {
	var out [][6]uint64
	var near [6][]uint64
	own := make([][6][]uint64, len(c.when))
	for n, w := range c.when {
		var t [6]uint64
		for _, a := range w.args {
			values := a.boundary(narrow)
			own[n][a.Index] = values
			near[a.Index] = append(near[a.Index], values...)
			if i := slices.IndexFunc(values, a.matches); i >= 0 {
				t[a.Index] = values[i]
			}
		}
		out = append(out, t)
	}
	base := slices.Clone(out)
	vary := func(t [6]uint64, values [6][]uint64) {
		for i := range values {
			for _, v := range values[i] {
				if len(out) >= limit {
					return
				}
				u := t
				u[i] = v
				out = append(out, u)
			}
		}
	}
	for n, t := range base {
		vary(t, own[n])
	}
	for i := range near {
		near[i] = slices.Compact(slices.Sorted(slices.Values(near[i])))
	}
	for _, t := range base {
		vary(t, near)
	}
	return out[:min(len(out), max(limit, 64))]
}

// boundary returns values on both sides of each edge of a comparison.
func (a Arg) boundary(narrow bool) []uint64 {
	out := []uint64{0, 1, 0xffffffff, 1 << 32, ^uint64(0)}
	around := func(v uint64) { out = append(out, v, v-1, v+1, v^1<<32, v^1<<63) }
	if a.Op != OpMaskedEqual {
		around(a.Value)
	} else {
		around(a.ValueTwo & a.Value)
		for bit := range 64 {
			out = append(out, (a.ValueTwo&a.Value)^1<<bit)
		}
		out = append(out, a.ValueTwo|^a.Value, a.Value, ^a.Value)
	}
	if narrow {
		for i := range out {
			out[i] &= 0xffffffff
		}
	}
	return out
}

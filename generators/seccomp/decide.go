package seccomp

import (
	"slices"

	"batten/profiles"
)

// Decide says what a flat policy means for one call on a host: the reference
// against which filters are held. arch is the calling convention of the call; nr
// is as in struct seccomp_data, with bit 30 for x32. Of rules with different
// answers to the same arguments the first counts; [Assemble] refuses those.
func (p *Policy) Decide(host, arch profiles.Arch, nr uint32, args [6]uint64) (Verdict, error) {
	m, err := p.resolve(host)
	if err != nil {
		return Verdict{}, err
	}
	return m.decide(arch.Audit(), nr, args), nil
}

func (m *meaning) decide(audit, nr uint32, args [6]uint64) Verdict {
	served, x32 := false, false
	for _, s := range m.spaces {
		if s.audit != audit {
			continue
		}
		served = true
		x32 = x32 || s.arch == profiles.ArchX32
		if c, ok := s.calls[nr]; ok {
			return c.decide(args, narrow(s.arch), m.byDefault)
		}
	}
	if !served || audit == profiles.ArchX8664.Audit() && nr >= x32Bit && nr != skipNumber && !x32 {
		return m.otherArch
	}
	return m.byDefault
}

func (c callRules) decide(args [6]uint64, narrow bool, byDefault Verdict) Verdict {
	if c.always != nil {
		return *c.always
	}
	if narrow {
		for i := range args {
			args[i] &= 0xffffffff
		}
	}
	for _, w := range c.when {
		if w.matches(args) {
			return w.verdict
		}
	}
	return byDefault
}

func (c condition) matches(args [6]uint64) bool {
	return !slices.ContainsFunc(c.args, func(a Arg) bool { return !a.matches(args[a.Index]) })
}

func (a Arg) matches(v uint64) bool {
	switch a.Op {
	case OpNotEqual:
		return v != a.Value
	case OpLess:
		return v < a.Value
	case OpLessEqual:
		return v <= a.Value
	case OpEqual:
		return v == a.Value
	case OpGreaterEqual:
		return v >= a.Value
	case OpGreater:
		return v > a.Value
	case OpMaskedEqual:
		return v&a.Value == a.ValueTwo&a.Value
	}
	return false
}

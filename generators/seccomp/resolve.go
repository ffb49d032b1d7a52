package seccomp

import (
	"fmt"
	"maps"
	"slices"

	"batten/profiles"
)

// x32Bit marks the numbers of x32 calls on an x86-64 kernel.
const x32Bit = 0x40000000

// skipNumber is the number that a tracer sets to skip a call. libseccomp lets it
// pass to the default action although it looks like an x32 number.
const skipNumber = 0xffffffff

// maxConditions bounds the argument conditions of one architecture: each takes at
// least three of the 4096 instructions.
const maxConditions = maxInstructions / 2

// meaning is a flat policy for one host, by architecture and number, as a runtime
// with libseccomp understands it.
type meaning struct {
	byDefault Verdict
	// otherArch is the answer to calls of architectures that are not served.
	otherArch Verdict
	spaces    []space
}

// space holds the calls of one architecture. x86-64 and x32 have the same audit
// value and are two spaces.
type space struct {
	arch  profiles.Arch
	audit uint32
	calls map[uint32]callRules
	// conditionals counts the conditions of all calls.
	conditionals int
}

// callRules are the rules of one call: an unconditional one replaces all others,
// and of several unconditional ones the first counts.
type callRules struct {
	always *Verdict
	when   []condition
}

// condition is a conjunction of comparisons of different arguments.
type condition struct {
	args    []Arg
	verdict Verdict
}

// resolve makes numbers of the names. Names that do not exist on an architecture
// are skipped there, as runtimes do.
func (p *Policy) resolve(native profiles.Arch) (*meaning, error) {
	if !p.Flat() {
		return nil, ErrNotFlat
	}
	arches, err := p.served(native)
	if err != nil {
		return nil, err
	}
	m := &meaning{
		byDefault: verdict(p.DefaultAction, p.DefaultErrnoRet),
		otherArch: Verdict{Action: ActKillThread}, // libseccomp's SCMP_FLTATR_ACT_BADARCH
	}
	for _, a := range arches {
		s := space{arch: a, audit: a.Audit(), calls: map[uint32]callRules{}}
		for _, r := range p.Syscalls {
			v := verdict(r.Action, r.ErrnoRet)
			if v == m.byDefault {
				continue
			}
			for _, name := range r.Names {
				s.add(name, r.Args, v)
			}
			if s.conditionals > maxConditions {
				return nil, fmt.Errorf("%w: more than %d argument conditions", ErrTooLong, maxConditions)
			}
		}
		m.spaces = append(m.spaces, s)
	}
	return m, nil
}

// served lists the native architecture and those that the policy names.
func (p *Policy) served(native profiles.Arch) ([]profiles.Arch, error) {
	if !native.Valid() {
		return nil, fmt.Errorf("%w: unknown architecture %q", ErrInvalid, native)
	}
	list := []profiles.Arch{native}
	for _, name := range p.Architectures {
		a, ok := profiles.ArchFromOCI(name)
		if !ok {
			return nil, fmt.Errorf("%w: architecture %.40q", ErrUnsupported, name)
		}
		if !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list, nil
}

func (s *space) add(name string, args []Arg, v Verdict) {
	when := s.conditions(args, v)
	if nr, ok := number(s.arch, name); ok {
		s.addRules(nr, when)
	}
	// A 32-bit x86 program may use the older entry that serves many calls; the
	// library allows it together with the call itself.
	if entry, sub, ok := multiplexed(s.arch, name); ok {
		if nr, ok := number(s.arch, entry); ok {
			first := Arg{Index: 0, Value: sub, Op: OpEqual}
			for i, c := range when {
				rest := slices.DeleteFunc(slices.Clone(c.args), func(a Arg) bool { return a.Index == 0 })
				when[i] = condition{append([]Arg{first}, rest...), v}
			}
			s.addRules(nr, when)
		}
	}
}

func (s *space) addRules(nr uint32, when []condition) {
	s.conditionals += len(when)
	s.calls[nr] = s.calls[nr].with(when)
}

// with adds rules to those of a call. One without comparisons is unconditional.
func (c callRules) with(when []condition) callRules {
	for _, w := range when {
		switch {
		case c.always != nil:
			return c
		case len(w.args) == 0:
			return callRules{always: &w.verdict}
		case slices.ContainsFunc(c.when, w.equal):
			continue
		}
		c.when = append(slices.Clone(c.when), w)
	}
	return c
}

func (w condition) equal(o condition) bool {
	return w.verdict == o.verdict && slices.Equal(w.args, o.args)
}

// conditions splits the comparisons of one rule: a runtime makes a rule of each
// when two have the same index. A mask without bits compares nothing.
func (s *space) conditions(args []Arg, v Verdict) []condition {
	all := make([]Arg, 0, len(args))
	seen, repeated := map[uint]bool{}, false
	for _, a := range args {
		repeated = repeated || seen[a.Index]
		seen[a.Index] = true
		if a.Op == OpMaskedEqual {
			a.ValueTwo &= a.Value
		}
		if narrow(s.arch) {
			a.Value &= 0xffffffff
			a.ValueTwo &= 0xffffffff
		}
		all = append(all, a)
	}
	compares := func(a Arg) bool { return a.Op != OpMaskedEqual || a.Value != 0 }
	if !repeated {
		all = slices.DeleteFunc(all, func(a Arg) bool { return !compares(a) })
		return []condition{{all, v}}
	}
	var out []condition
	for _, a := range all {
		c := condition{verdict: v}
		if compares(a) {
			c.args = []Arg{a}
		}
		out = append(out, c)
	}
	return out
}

// conflict returns a call whose rules give different answers, "" if there is none.
func (m *meaning) conflict() string {
	for _, s := range m.spaces {
		for _, nr := range slices.Sorted(maps.Keys(s.calls)) {
			c := s.calls[nr]
			for _, w := range c.when {
				if w.verdict != c.when[0].verdict {
					return callLabel(s.arch, nr)
				}
			}
		}
	}
	return ""
}

// narrow tells whether only the low half of an argument is compared. x32 passes
// whole registers, but libseccomp treats it like the 32-bit architectures.
func narrow(a profiles.Arch) bool {
	return a == profiles.ArchX86 || a == profiles.ArchARM || a == profiles.ArchX32
}

// number is the value of seccomp_data.nr for a call.
func number(a profiles.Arch, name string) (uint32, bool) {
	nr, ok := profiles.SyscallNumber(a, name)
	if !ok || nr < 0 {
		return 0, false
	}
	if a == profiles.ArchX32 {
		return uint32(nr) | x32Bit, true
	}
	return uint32(nr), true
}

// callLabel names a call for messages.
func callLabel(a profiles.Arch, nr uint32) string {
	n := nr
	if a == profiles.ArchX32 {
		n &^= x32Bit
	}
	if n < 1<<16 {
		if name, ok := profiles.SyscallName(a, int(n)); ok {
			return fmt.Sprintf("%s (%d on %s)", name, nr, a)
		}
	}
	return fmt.Sprintf("call %#x on %s", nr, a)
}

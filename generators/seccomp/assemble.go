package seccomp

import (
	"fmt"
	"slices"
	"syscall"

	"batten/profiles"
)

// Assemble makes a kernel filter of a flat policy for a host, without libseccomp.
// The filter gives the same answers as libseccomp's, at a cost that grows with
// the logarithm of the number of calls. Errors: [ErrNotFlat], [ErrConflict],
// [ErrUnsupported] (SCMP_ACT_NOTIFY), [ErrTooLong].
func Assemble(p *Policy, host profiles.Arch) ([]syscall.SockFilter, error) {
	m, err := p.resolve(host)
	if err != nil {
		return nil, fmt.Errorf("assemble filter: %w", err)
	}
	if c := m.conflict(); c != "" {
		return nil, fmt.Errorf("assemble filter: %s: %w", c, ErrConflict)
	}
	if m.notifies() {
		return nil, fmt.Errorf("assemble filter: %s: %w", ActNotify, ErrUnsupported)
	}
	out := m.program()
	if len(out) > maxInstructions {
		return nil, fmt.Errorf("assemble filter: %w: %d instructions, the kernel takes %d", ErrTooLong, len(out), maxInstructions)
	}
	return out, nil
}

func (m *meaning) notifies() bool {
	for _, s := range m.spaces {
		for _, c := range s.calls {
			if c.always != nil && c.always.Action == ActNotify || len(c.when) > 0 && c.when[0].verdict.Action == ActNotify {
				return true
			}
		}
	}
	return m.byDefault.Action == ActNotify
}

// program tests the architecture, then the number, then the arguments.
func (m *meaning) program() code {
	out := ret(m.otherArch)
	var done []uint32
	for _, s := range slices.Backward(m.spaces) {
		if slices.Contains(done, s.audit) {
			continue
		}
		done = append(done, s.audit)
		section := append(code{stmt(bpfLoad, offNR)}, tree(m.intervals(s.audit))...)
		out = branch(bpfJumpEQ, s.audit, section, out)
	}
	return append(code{stmt(bpfLoad, offArch)}, out...)
}

// interval is a run of call numbers with the same answer, up to the next one.
type interval struct {
	from    uint32
	verdict Verdict
	rules   *callRules // conditional rules, judged by arguments
	narrow  bool
}

// intervals covers all numbers of one audit value, in order.
func (m *meaning) intervals(audit uint32) []interval {
	calls := map[uint32]interval{}
	x32 := false
	for _, s := range m.spaces {
		if s.audit != audit {
			continue
		}
		x32 = x32 || s.arch == profiles.ArchX32
		for nr, c := range s.calls {
			i := interval{from: nr, verdict: m.byDefault}
			if c.always != nil {
				i.verdict = *c.always
			} else {
				i.rules, i.narrow = &c, narrow(s.arch)
			}
			calls[nr] = i
		}
	}
	list := []interval{{from: 0, verdict: m.byDefault}}
	for _, i := range calls {
		list = append(list, i)
		if next := i.from + 1; next != 0 {
			if _, ok := calls[next]; !ok {
				list = append(list, interval{from: next, verdict: m.byDefault})
			}
		}
	}
	if audit == profiles.ArchX8664.Audit() && !x32 {
		list = append(list, interval{from: x32Bit, verdict: m.otherArch}, interval{from: skipNumber, verdict: m.byDefault})
	}
	// Stable by number; at number 0 the call, if there is one, comes after the
	// interval that stands for "nothing listed" and replaces it.
	slices.SortStableFunc(list, func(a, b interval) int {
		if a.from != b.from {
			return int(int64(a.from) - int64(b.from))
		}
		return 0
	})
	var out []interval
	for _, i := range list {
		switch last := len(out) - 1; {
		case last >= 0 && out[last].from == i.from:
			out[last] = i
		case last >= 0 && out[last].rules == nil && i.rules == nil && out[last].verdict == i.verdict:
		default:
			out = append(out, i)
		}
	}
	return out
}

// tree searches the intervals by halves. The accumulator holds the number.
func tree(list []interval) code {
	if len(list) == 1 {
		i := list[0]
		if i.rules == nil {
			return ret(i.verdict)
		}
		return i.rules.code(i.verdict, i.narrow)
	}
	mid := len(list) / 2
	return branch(bpfJumpGE, list[mid].from, tree(list[mid:]), tree(list[:mid]))
}

package seccomp

import "syscall"

// code tries the conditions one after the other.
func (c callRules) code(byDefault Verdict, narrow bool) code {
	out := ret(byDefault)
	for i := len(c.when) - 1; i >= 0; i-- {
		out = append(c.when[i].code(narrow), out...)
	}
	return out
}

// code returns the verdict when all comparisons hold and otherwise falls through
// behind itself. At most 6 comparisons of 6 instructions, so jumps are short.
func (c condition) code(narrow bool) code {
	out := ret(c.verdict)
	for i := len(c.args) - 1; i >= 0; i-- {
		out = append(c.args[i].code(narrow, uint8(len(out))), out...)
	}
	return out
}

// code compares one argument: it falls through when the comparison holds and
// jumps over the next skip instructions when it does not.
func (a Arg) code(narrow bool, skip uint8) code {
	lowAt := uint32(offArgs + 8*a.Index)
	low, high := uint32(a.Value), uint32(a.Value>>32)
	jump := func(op uint16, k uint32, jt, jf uint8) syscall.SockFilter {
		return syscall.SockFilter{Code: op, Jt: jt, Jf: jf, K: k}
	}
	if a.Op == OpMaskedEqual {
		var out code
		if !narrow && high != 0 {
			out = code{stmt(bpfLoad, lowAt+4), stmt(bpfAnd, high), jump(bpfJumpEQ, uint32(a.ValueTwo>>32)&high, 0, skip+3)}
		}
		return append(out, stmt(bpfLoad, lowAt), stmt(bpfAnd, low), jump(bpfJumpEQ, uint32(a.ValueTwo)&low, 0, skip))
	}
	// The low halves decide when the high ones are equal. These are the last
	// instruction's operation and whether its being true means that the
	// comparison fails.
	var op uint16
	fails := false
	switch a.Op {
	case OpEqual:
		op = bpfJumpEQ
	case OpNotEqual:
		op, fails = bpfJumpEQ, true
	case OpGreater:
		op = bpfJumpGT
	case OpGreaterEqual:
		op = bpfJumpGE
	case OpLess:
		op, fails = bpfJumpGE, true
	case OpLessEqual:
		op, fails = bpfJumpGT, true
	}
	last := jump(op, low, 0, skip)
	if fails {
		last = jump(op, low, skip, 0)
	}
	tail := code{stmt(bpfLoad, lowAt), last}
	if narrow {
		return tail
	}
	head := code{stmt(bpfLoad, lowAt+4)}
	switch a.Op {
	case OpEqual: // unequal high halves: fails
		head = append(head, jump(bpfJumpEQ, high, 0, skip+2))
	case OpNotEqual: // holds
		head = append(head, jump(bpfJumpEQ, high, 0, 2))
	case OpGreater, OpGreaterEqual:
		head = append(head, jump(bpfJumpGT, high, 3, 0), jump(bpfJumpEQ, high, 0, skip+2))
	case OpLess, OpLessEqual:
		head = append(head, jump(bpfJumpGT, high, skip+3, 0), jump(bpfJumpEQ, high, 0, 2))
	}
	return append(head, tail...)
}

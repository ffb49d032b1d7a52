package seccomp

import (
	"fmt"
	"syscall"
)

// Check tells whether the kernel would take a filter. It applies the rules of the
// kernel for classic BPF in general (length, jumps, constants, memory read before
// it is written) and for seccomp (which instructions, aligned loads inside struct
// seccomp_data). Errors wrap [ErrBadFilter] and name the instruction.
func Check(filter []syscall.SockFilter) error {
	if len(filter) == 0 || len(filter) > maxInstructions {
		return fmt.Errorf("%w: %d instructions, the kernel takes 1 to %d", ErrBadFilter, len(filter), maxInstructions)
	}
	for pc, i := range filter {
		if why := checkInstruction(i, len(filter)-pc-1); why != "" {
			return fmt.Errorf("%w: instruction %d: %s", ErrBadFilter, pc, why)
		}
	}
	if op := filter[len(filter)-1].Code; op != bpfReturn && op != bpfReturnA {
		return fmt.Errorf("%w: it does not end with a return", ErrBadFilter)
	}
	return checkMemory(filter)
}

// The other codes that seccomp filters may hold.
const (
	bpfReturnA  = 0x16
	bpfLoadLen  = 0x80
	bpfLoadXLen = 0x81
	bpfLoadImm  = 0x00
	bpfLoadXImm = 0x01
	bpfLoadMem  = 0x60
	bpfLoadXMem = 0x61
	bpfStore    = 0x02
	bpfStoreX   = 0x03
	bpfTAX      = 0x07
	bpfTXA      = 0x87
	bpfNegate   = 0x84
	memWords    = 16
)

// checkInstruction returns what is wrong, "" if nothing. after counts the
// instructions that follow.
func checkInstruction(i syscall.SockFilter, after int) string {
	switch i.Code {
	case bpfLoad:
		if i.K >= dataLen || i.K&3 != 0 {
			return fmt.Sprintf("load from offset %d", i.K)
		}
	case bpfLoadMem, bpfLoadXMem, bpfStore, bpfStoreX:
		if i.K >= memWords {
			return fmt.Sprintf("memory word %d", i.K)
		}
	case bpfReturn, bpfReturnA, bpfLoadLen, bpfLoadXLen, bpfLoadImm, bpfLoadXImm, bpfTAX, bpfTXA, bpfNegate:
	case bpfJump:
		if uint64(i.K) >= uint64(after) {
			return "jump behind the end"
		}
	case 0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d: // JEQ, JGT, JGE, JSET with K and X
		if int(i.Jt) >= after || int(i.Jf) >= after {
			return "jump behind the end"
		}
	case 0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x3c, 0x44, 0x4c, 0x54, 0x5c, 0x6c, 0x7c, 0xa4, 0xac: // ALU
	case 0x34: // DIV K
		if i.K == 0 {
			return "division by zero"
		}
	case 0x64, 0x74: // LSH K, RSH K
		if i.K >= 32 {
			return fmt.Sprintf("shift by %d", i.K)
		}
	default:
		return fmt.Sprintf("code %#x is not for seccomp", i.Code)
	}
	return ""
}

// checkMemory refuses a read of a word that was not written on every way to it.
func checkMemory(filter code) error {
	valid := make([]uint16, len(filter)) // words written on all ways that jump here
	for i := range valid {
		valid[i] = 0xffff
	}
	var now uint16
	for pc, i := range filter {
		now &= valid[pc]
		switch i.Code {
		case bpfStore, bpfStoreX:
			now |= 1 << i.K
		case bpfLoadMem, bpfLoadXMem:
			if now&(1<<i.K) == 0 {
				return fmt.Errorf("%w: instruction %d: memory word %d was not written", ErrBadFilter, pc, i.K)
			}
		case bpfJump:
			valid[pc+1+int(i.K)] &= now
			now = 0xffff
		default:
			if i.Code&7 == 5 {
				valid[pc+1+int(i.Jt)] &= now
				valid[pc+1+int(i.Jf)] &= now
				now = 0xffff
			}
		}
	}
	return nil
}

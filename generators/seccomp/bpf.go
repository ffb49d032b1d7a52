package seccomp

import "syscall"

// maxInstructions is BPF_MAXINSNS.
const maxInstructions = 4096

// Offsets of struct seccomp_data on little-endian machines, which all of
// batten's architectures are.
const (
	offNR   = 0
	offArch = 4
	offArgs = 16 // low half of argument 0; the high half is 4 further
	dataLen = 64
)

// Codes of classic BPF that batten writes (linux/bpf_common.h).
const (
	bpfLoad     = 0x20 // LD|W|ABS
	bpfAnd      = 0x54 // ALU|AND|K
	bpfJump     = 0x05 // JMP|JA
	bpfJumpEQ   = 0x15 // JMP|JEQ|K
	bpfJumpGT   = 0x25 // JMP|JGT|K
	bpfJumpGE   = 0x35 // JMP|JGE|K
	bpfReturn   = 0x06 // RET|K
	maxJumpDist = 255
)

type code = []syscall.SockFilter

func stmt(op uint16, k uint32) syscall.SockFilter { return syscall.SockFilter{Code: op, K: k} }

func ret(v Verdict) code { return code{stmt(bpfReturn, v.Return())} }

// branch runs yes when the comparison of the accumulator with k holds, else no.
// Neither falls through. Conditional jumps reach 255 instructions, others all.
func branch(op uint16, k uint32, yes, no code) code {
	out := make(code, 0, len(yes)+len(no)+2)
	if len(no) <= maxJumpDist {
		out = append(out, syscall.SockFilter{Code: op, Jt: uint8(len(no)), K: k})
	} else {
		out = append(out, syscall.SockFilter{Code: op, Jf: 1, K: k}, stmt(bpfJump, uint32(len(no))))
	}
	return append(append(out, no...), yes...)
}

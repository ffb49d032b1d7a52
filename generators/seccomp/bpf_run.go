package seccomp

import (
	"encoding/binary"
	"fmt"
	"syscall"
)

// Data is what the kernel shows to a filter: struct seccomp_data.
type Data struct {
	NR   int32
	Arch uint32 // AUDIT_ARCH_*
	IP   uint64
	Args [6]uint64
}

// Run interprets a filter as the kernel would and returns SECCOMP_RET_*; see
// [VerdictOf]. A filter that the kernel would refuse is an error.
func Run(filter []syscall.SockFilter, d Data) (uint32, error) {
	if err := Check(filter); err != nil {
		return 0, fmt.Errorf("run filter: %w", err)
	}
	return execute(filter, d), nil
}

func (d Data) bytes() (b [dataLen]byte) {
	binary.LittleEndian.PutUint32(b[offNR:], uint32(d.NR))
	binary.LittleEndian.PutUint32(b[offArch:], d.Arch)
	binary.LittleEndian.PutUint64(b[8:], d.IP)
	for i, a := range d.Args {
		binary.LittleEndian.PutUint64(b[offArgs+8*i:], a)
	}
	return b
}

// execute runs a checked filter. It ends, because jumps only go forward.
func execute(filter code, d Data) uint32 {
	data := d.bytes()
	var a, x uint32
	var mem [memWords]uint32
	for pc := 0; ; pc++ {
		i := filter[pc]
		switch i.Code {
		case bpfLoad:
			a = binary.LittleEndian.Uint32(data[i.K:])
		case bpfLoadLen:
			a = dataLen
		case bpfLoadXLen:
			x = dataLen
		case bpfLoadImm:
			a = i.K
		case bpfLoadXImm:
			x = i.K
		case bpfLoadMem:
			a = mem[i.K]
		case bpfLoadXMem:
			x = mem[i.K]
		case bpfStore:
			mem[i.K] = a
		case bpfStoreX:
			mem[i.K] = x
		case bpfTAX:
			x = a
		case bpfTXA:
			a = x
		case bpfReturn:
			return i.K
		case bpfReturnA:
			return a
		case bpfJump:
			pc += int(i.K)
		default:
			operand := i.K
			if i.Code&8 != 0 {
				operand = x
			}
			if i.Code&7 == 5 {
				if compare(i.Code&0xf0, a, operand) {
					pc += int(i.Jt)
				} else {
					pc += int(i.Jf)
				}
				continue
			}
			var ok bool
			if a, ok = compute(i.Code&0xf0, a, operand); !ok {
				return 0 // division by a zero X ends the filter with 0
			}
		}
	}
}

func compare(op uint16, a, b uint32) bool {
	switch op {
	case 0x10:
		return a == b
	case 0x20:
		return a > b
	case 0x30:
		return a >= b
	}
	return a&b != 0 // JSET
}

func compute(op uint16, a, b uint32) (uint32, bool) {
	switch op {
	case 0x00:
		return a + b, true
	case 0x10:
		return a - b, true
	case 0x20:
		return a * b, true
	case 0x30:
		if b == 0 {
			return 0, false
		}
		return a / b, true
	case 0x40:
		return a | b, true
	case 0x50:
		return a & b, true
	case 0x60: // the kernel's 32-bit shifts take the count modulo 32
		return a << (b & 31), true
	case 0x70:
		return a >> (b & 31), true
	case 0x80:
		return -a, true
	}
	return a ^ b, true
}

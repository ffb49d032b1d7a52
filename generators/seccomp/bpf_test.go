package seccomp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"batten/profiles"
)

func TestCheckRefusesWhatTheKernelRefuses(t *testing.T) {
	end := stmt(bpfReturn, 0)
	long := make(code, maxInstructions+1)
	for i := range long {
		long[i] = end
	}
	for name, f := range map[string]code{
		"empty":                    {},
		"too long":                 long,
		"no return":                {stmt(bpfLoad, 0)},
		"load behind the data":     {stmt(bpfLoad, 64), end},
		"unaligned load":           {stmt(bpfLoad, 2), end},
		"byte load":                {stmt(0x30, 0), end},
		"jump behind the end":      {stmt(bpfJump, 1), end},
		"jump by 4 GiB":            {stmt(bpfJump, 0xffffffff), end},
		"branch behind the end":    {{Code: bpfJumpEQ, Jt: 1}, end},
		"other branch":             {{Code: bpfJumpEQ, Jf: 1}, end},
		"division by zero":         {stmt(0x34, 0), end},
		"modulo":                   {stmt(0x94, 3), end},
		"shift too far":            {stmt(0x64, 32), end},
		"memory word 16":           {stmt(bpfStore, 16), end},
		"memory read unwritten":    {stmt(bpfLoadMem, 3), end},
		"memory written one way":   {{Code: bpfJumpEQ, Jf: 1}, stmt(bpfStore, 3), stmt(bpfLoadMem, 3), end},
		"unknown code":             {stmt(0xffff, 0), end},
		"load relative to X":       {stmt(0x40, 0), end},
		"header length of a frame": {stmt(0xb1, 0), end},
	} {
		if err := Check(f); !errors.Is(err, ErrBadFilter) {
			t.Errorf("%s: error %v", name, err)
		}
		if err := kernelTakes(f); err == nil {
			t.Errorf("%s: the kernel takes it", name)
		}
	}
	if _, err := Run(nil, Data{}); !errors.Is(err, ErrBadFilter) {
		t.Errorf("error %v", err)
	}
}

// kernelTakes asks the kernel about a filter by loading it on a thread of its own,
// which ends afterwards.
func kernelTakes(f code) error {
	got := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			got <- err
			return
		}
		prog := unix.SockFprog{Len: uint16(len(f))}
		if len(f) > 0 {
			prog.Filter = (*unix.SockFilter)(unsafe.Pointer(&f[0]))
		}
		_, _, e := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&prog)))
		if e != 0 {
			got <- e
			return
		}
		got <- nil
	}()
	return <-got
}

// genFilter draws instructions that are often valid; the first jumps to an
// allowing return, so that a thread survives having the filter loaded.
func genFilter(t *rapid.T) code {
	n := rapid.IntRange(1, 12).Draw(t, "length")
	codes := []uint16{bpfLoad, bpfAnd, bpfJump, bpfJumpEQ, bpfJumpGT, bpfJumpGE, 0x45, 0x1d, 0x2d, 0x3d, 0x4d, bpfReturn, bpfReturnA,
		bpfLoadLen, bpfLoadXLen, bpfLoadImm, bpfLoadXImm, bpfLoadMem, bpfLoadXMem, bpfStore, bpfStoreX, bpfTAX, bpfTXA, bpfNegate,
		0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x34, 0x3c, 0x44, 0x4c, 0x5c, 0x64, 0x6c, 0x74, 0x7c, 0xa4, 0xac, 0x94, 0x30}
	var body code
	for range n {
		body = append(body, syscall.SockFilter{
			Code: rapid.SampledFrom(codes).Draw(t, "code"),
			Jt:   rapid.Uint8Range(0, 5).Draw(t, "jt"), Jf: rapid.Uint8Range(0, 5).Draw(t, "jf"),
			K: rapid.OneOf(rapid.Uint32Range(0, 40), rapid.Uint32()).Draw(t, "k"),
		})
	}
	body = append(body, stmt(bpfReturn, 0x7fff0000))
	return append(code{stmt(bpfJump, uint32(len(body)-1))}, body...)
}

func TestCheckAgreesWithTheKernel(t *testing.T) {
	if profiles.NativeArch(runtime.GOARCH) == "" {
		t.Skip("architecture is not known")
	}
	rapid.Check(t, func(t *rapid.T) {
		f := genFilter(t)
		mine, kernel := Check(f), kernelTakes(f)
		if (mine == nil) != (kernel == nil) {
			t.Fatalf("batten: %v, kernel: %v\n%+v", mine, kernel, f)
		}
	})
}

func TestRunComputesLikeTheKernel(t *testing.T) {
	d := Data{NR: 3, Arch: 0xc000003e, IP: 1 << 40, Args: [6]uint64{1<<32 | 2, 0, 0, 0, 0, 9}}
	for _, test := range []struct {
		name string
		body code
		want uint32
	}{
		{"number", code{stmt(bpfLoad, 0)}, 3},
		{"architecture", code{stmt(bpfLoad, 4)}, 0xc000003e},
		{"high half of the address", code{stmt(bpfLoad, 12)}, 1 << 8},
		{"low half of argument 0", code{stmt(bpfLoad, 16)}, 2},
		{"high half of argument 0", code{stmt(bpfLoad, 20)}, 1},
		{"argument 5", code{stmt(bpfLoad, 56)}, 9},
		{"length", code{stmt(bpfLoadLen, 0)}, 64},
		{"overflow", code{stmt(bpfLoadImm, 0xffffffff), stmt(0x04, 2)}, 1},
		{"subtraction", code{stmt(bpfLoadImm, 1), stmt(0x14, 2)}, 0xffffffff},
		{"division by X", code{stmt(bpfLoadImm, 7), stmt(bpfLoadXImm, 2), stmt(0x3c, 0)}, 3},
		{"division by a zero X ends with 0", code{stmt(bpfLoadImm, 7), stmt(bpfLoadXImm, 0), stmt(0x3c, 0), stmt(bpfLoadImm, 5)}, 0},
		{"shift by X", code{stmt(bpfLoadImm, 1), stmt(bpfLoadXImm, 31), stmt(0x6c, 0)}, 1 << 31},
		{"negation", code{stmt(bpfLoadImm, 1), stmt(bpfNegate, 0)}, 0xffffffff},
		{"xor, or, and, mul", code{stmt(bpfLoadImm, 6), stmt(0xa4, 3), stmt(0x44, 8), stmt(0x54, 12), stmt(0x24, 3)}, 36},
		{"memory", code{stmt(bpfLoadImm, 5), stmt(bpfStore, 15), stmt(bpfLoadXMem, 15), stmt(bpfTXA, 0)}, 5},
		{"jump", code{stmt(bpfLoadImm, 1), stmt(bpfJump, 1), stmt(bpfLoadImm, 2)}, 1},
		{"set bits", code{stmt(bpfLoadImm, 6), {Code: 0x45, Jt: 0, Jf: 1, K: 2}, stmt(bpfLoadImm, 9)}, 9},
	} {
		got, err := Run(append(test.body, stmt(bpfReturnA, 0)), d)
		if err != nil || got != test.want {
			t.Errorf("%s: %d, want %d, error %v", test.name, got, test.want, err)
		}
	}
}

func FuzzRun(f *testing.F) {
	seed := func(c code) []byte {
		var b []byte
		for _, i := range c {
			b = binary.LittleEndian.AppendUint16(b, i.Code)
			b = append(b, i.Jt, i.Jf)
			b = binary.LittleEndian.AppendUint32(b, i.K)
		}
		return b
	}
	f.Add(seed(code{stmt(bpfLoad, 0), stmt(bpfReturnA, 0)}))
	if c, err := Assemble(Unconfined(), profiles.ArchX8664); err == nil {
		f.Add(seed(c))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var c code
		for ; len(b) >= 8; b = b[8:] {
			c = append(c, syscall.SockFilter{Code: binary.LittleEndian.Uint16(b), Jt: b[2], Jf: b[3], K: binary.LittleEndian.Uint32(b[4:])})
		}
		_, _ = Run(c, Data{NR: 1}) // must end, must not panic
	})
}

func TestFilterThatIsTooLongIsRefused(t *testing.T) {
	p := &Policy{DefaultAction: ActErrno, Syscalls: []Rule{{Names: []string{"read"}, Action: ActAllow}}}
	for i := range 1000 {
		p.Syscalls = append(p.Syscalls, Rule{Names: []string{"ioctl"}, Action: ActAllow, Args: []Arg{{Index: 1, Op: OpEqual, Value: uint64(i)}}})
	}
	if _, err := Assemble(p, profiles.ArchX8664); !errors.Is(err, ErrTooLong) {
		t.Errorf("error %v", err)
	}
	p.Syscalls = p.Syscalls[:700] // long jumps over the rules of one call
	f, err := Assemble(p, profiles.ArchX8664)
	if err != nil {
		t.Fatal(err)
	}
	if err := Verify(p, f, profiles.ArchX8664); err != nil {
		t.Error(err)
	}
}

func TestContradictionsAreRefused(t *testing.T) {
	p := &Policy{DefaultAction: ActErrno, Syscalls: []Rule{
		{Names: []string{"ioctl"}, Action: ActAllow, Args: []Arg{{Index: 1, Op: OpEqual, Value: 1}}},
		{Names: []string{"ioctl"}, Action: ActKillProcess, Args: []Arg{{Index: 0, Op: OpEqual, Value: 1}}},
	}}
	if _, err := Assemble(p, profiles.ArchX8664); !errors.Is(err, ErrConflict) {
		t.Errorf("error %v", err)
	}
}

func TestVerdictsSurviveTheirNumbers(t *testing.T) {
	for a := range actionReturn {
		for _, e := range []uint16{0, 1, 38, 4095} {
			v := Verdict{Action: a}
			if a == ActErrno || a == ActTrace {
				v.Errno = e
			}
			if got := VerdictOf(v.Return()); got != v {
				t.Errorf("%v: %v", v, got)
			}
		}
	}
	if s := fmt.Sprint(Verdict{ActErrno, 38}, Verdict{ActAllow, 0}); s != "ERRNO 38 ALLOW" {
		t.Error(s)
	}
}

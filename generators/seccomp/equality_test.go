package seccomp

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"batten/profiles"
)

func TestAssembledFilterMeansWhatThePolicySays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		host := rapid.SampledFrom(hosts).Draw(t, "host")
		p := genPolicy(t, host, allOps, false)
		f, err := Assemble(p, host)
		if errors.Is(err, ErrTooLong) || errors.Is(err, ErrConflict) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := Verify(p, f, host); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAssembledFilterAgreesWithDecideOnRandomCalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		host := rapid.SampledFrom(hosts).Draw(t, "host")
		p := genPolicy(t, host, allOps, false)
		f, err := Assemble(p, host)
		if err != nil {
			t.Skip(err)
		}
		for range 50 {
			nr := rapid.Uint32Range(0, 500).Draw(t, "nr")
			var args [6]uint64
			for i := range args {
				args[i] = rapid.Uint64().Draw(t, "arg")
				if narrow(host) {
					args[i] &= 0xffffffff
				}
			}
			want, err := p.Decide(host, host, nr, args)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Run(f, Data{NR: int32(nr), Arch: host.Audit(), Args: args})
			if err != nil || VerdictOf(got) != want {
				t.Fatalf("%d%v: %v, want %v, error %v", nr, args, VerdictOf(got), want, err)
			}
		}
	})
}

func TestLibraryFilterMeansWhatThePolicySays(t *testing.T) {
	if !HasCompiler {
		t.Skip("built without libseccomp")
	}
	rapid.Check(t, func(t *rapid.T) {
		host := rapid.SampledFrom(hosts).Draw(t, "host")
		p := genPolicy(t, host, equalOps, true)
		c, err := Compile(p, host)
		if err != nil {
			t.Skip(err)
		}
		if err := Verify(p.without(c.Unknown), c.Filter, host); err != nil && !errors.Is(err, ErrConflict) {
			t.Fatalf("%v\n%s", err, p.Encode())
		}
	})
}

func TestVerifyNoticesEverySingleChange(t *testing.T) {
	p := &Policy{DefaultAction: ActErrno, Syscalls: []Rule{
		{Names: []string{"read", "write", "close", "pidfd_open", "connect"}, Action: ActAllow},
		{Names: []string{"statx"}, Action: ActErrno, ErrnoRet: errno(ENOSYS)},
		{Names: []string{"clone"}, Action: ActAllow, Args: []Arg{{Index: 0, Op: OpMaskedEqual, Value: 0x7e020000}}},
		{Names: []string{"socket"}, Action: ActAllow, Args: []Arg{{Index: 0, Op: OpLess, Value: 38}, {Index: 1, Op: OpGreaterEqual, Value: 2}}},
		{Names: []string{"personality"}, Action: ActAllow, Args: []Arg{{Index: 0, Op: OpEqual, Value: 8}}},
		{Names: []string{"prctl"}, Action: ActAllow, Args: []Arg{{Index: 0, Op: OpNotEqual, Value: 8}}},
		{Names: []string{"ioctl"}, Action: ActAllow, Args: []Arg{{Index: 1, Op: OpLessEqual, Value: 1 << 33}}},
	}}
	f, err := Assemble(p, profiles.ArchX8664)
	if err != nil {
		t.Fatal(err)
	}
	for i := range f {
		changed := append(code(nil), f...)
		switch f[i].Code {
		case bpfReturn:
			changed[i].K ^= 0x7fff0001
		case bpfJumpGE, bpfJumpEQ, bpfJumpGT:
			if f[i].K == 0xffffffff || f[i].Jt == f[i].Jf {
				continue
			}
			changed[i].K++
		case bpfAnd:
			changed[i].K ^= 0x20000
		default:
			continue
		}
		if Verify(p, changed, profiles.ArchX8664) == nil {
			t.Errorf("change of instruction %d (%+v) was not noticed", i, f[i])
		}
	}
}

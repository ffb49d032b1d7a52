package seccomp

import (
	"slices"

	"pgregory.net/rapid"

	"batten/profiles"
)

var hosts = []profiles.Arch{profiles.ArchX8664, profiles.ArchAARCH64, profiles.ArchX86, profiles.ArchARM}

var (
	allOps   = []Op{OpEqual, OpNotEqual, OpLess, OpLessEqual, OpGreater, OpGreaterEqual, OpMaskedEqual}
	equalOps = []Op{OpEqual, OpMaskedEqual} // what batten itself generates
)

func genArg(t *rapid.T, ops []Op) Arg {
	values := rapid.OneOf(
		rapid.Uint64Range(0, 64), rapid.Uint64(),
		rapid.SampledFrom([]uint64{0xffffffff, 1 << 32, 1<<32 + 2, 0x80000000, 1 << 63, ^uint64(0)}))
	return Arg{
		Index: rapid.UintRange(0, 5).Draw(t, "index"), Value: values.Draw(t, "value"), ValueTwo: values.Draw(t, "valueTwo"),
		Op: rapid.SampledFrom(ops).Draw(t, "op"),
	}
}

// genPolicy draws a flat policy without contradictions: the conditional rules of
// one call have one verdict.
func genPolicy(t *rapid.T, host profiles.Arch, ops []Op, withoutX32 bool) *Policy {
	arg := rapid.Custom(func(t *rapid.T) Arg { return genArg(t, ops) })
	actions := []Action{ActAllow, ActErrno, ActErrno, ActKillProcess, ActKillThread, ActTrap, ActTrace, ActLog}
	codes := rapid.SampledFrom([]*uint{nil, errno(0), errno(5), errno(38), errno(4095)})
	p := &Policy{
		DefaultAction:   rapid.SampledFrom(actions).Draw(t, "default"),
		DefaultErrnoRet: codes.Draw(t, "defaultErrno"), Syscalls: []Rule{},
	}
	if subs := slices.DeleteFunc(host.Subs(), func(a profiles.Arch) bool { return withoutX32 && a == profiles.ArchX32 }); len(subs) > 0 && rapid.Bool().Draw(t, "subs") {
		p.Architectures = []string{host.OCI(), rapid.SampledFrom(subs).Draw(t, "sub").OCI()}
	}
	names := append(profiles.SyscallNames(host), "socketcall", "socket", "shmat", "no_such_call")
	names = slices.DeleteFunc(names, func(n string) bool { return lostByLibrary(p, host, n) })
	byName := map[string]Rule{}
	for range rapid.IntRange(0, 60).Draw(t, "rules") {
		r := Rule{
			Names:  rapid.SliceOfN(rapid.SampledFrom(names), 1, 8).Draw(t, "names"),
			Action: rapid.SampledFrom(actions).Draw(t, "action"), ErrnoRet: codes.Draw(t, "errno"),
			Args: rapid.SliceOfN(arg, 0, 4).Draw(t, "args"),
		}
		if len(r.Args) > 0 {
			r.Names = slices.DeleteFunc(r.Names, func(n string) bool { // one verdict for all conditional rules
				_, taken := byName[n]
				return taken || n == "socketcall" || n == "socket" || n == "shmat"
			})
			for _, n := range r.Names {
				byName[n] = r
			}
			for range rapid.IntRange(0, 2).Draw(t, "alternatives") {
				if len(r.Names) > 0 {
					s := r
					s.Args = rapid.SliceOfN(arg, 1, 3).Draw(t, "more")
					p.Syscalls = append(p.Syscalls, s)
				}
			}
		}
		if len(r.Names) > 0 {
			p.Syscalls = append(p.Syscalls, r)
		}
	}
	return p
}

// lostByLibrary tells calls that do not exist by number on every architecture of
// a policy. libseccomp 2.5.4 forgets to load the number when the rule of such a
// call comes first in a section.
func lostByLibrary(p *Policy, host profiles.Arch, name string) bool {
	arches, err := p.served(host)
	if err != nil || name == "no_such_call" {
		return false
	}
	return slices.ContainsFunc(arches, func(a profiles.Arch) bool { _, ok := number(a, name); return !ok })
}

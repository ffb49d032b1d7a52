package ptrace

import (
	"runtime"

	"batten/profiles"
)

// x32Bit marks x32 calls, which share x86_64's AUDIT_ARCH (asm/unistd.h).
const x32Bit = 0x40000000

// arches tells the calling conventions that this kernel serves apart.
type arches []convention

type convention struct {
	arch    profiles.Arch
	audit   uint32
	restart int32 // number of restart_syscall, -1 if it has none
}

// nativeArches lists the native convention first.
func nativeArches() arches {
	native := profiles.NativeArch(runtime.GOARCH)
	var out arches
	for _, a := range append([]profiles.Arch{native}, native.Subs()...) {
		c := convention{arch: a, audit: a.Audit(), restart: -1}
		if nr, ok := profiles.SyscallNumber(a, "restart_syscall"); ok {
			c.restart = int32(nr)
		}
		out = append(out, c)
	}
	return out
}

func (as arches) native() profiles.Arch { return as[0].arch }

func (as arches) of(audit uint32, nr int32) (profiles.Arch, bool) {
	for _, c := range as {
		if c.audit != audit {
			continue
		}
		if c.arch == profiles.ArchX8664 && nr&x32Bit != 0 {
			return profiles.ArchX32, true
		}
		return c.arch, true
	}
	return "", false
}

func (as arches) isRestart(arch profiles.Arch, nr int32) bool {
	for _, c := range as {
		if c.arch == arch {
			return c.restart >= 0 && (nr == c.restart || nr == c.restart|x32Bit)
		}
	}
	return false
}

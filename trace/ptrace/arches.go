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
	arch  profiles.Arch
	audit uint32
	// numbers of these calls, -1 if it has none
	restart, execve, execveat int32
}

// nativeArches lists the native convention first.
func nativeArches() arches {
	native := profiles.NativeArch(runtime.GOARCH)
	var out arches
	for _, a := range append([]profiles.Arch{native}, native.Subs()...) {
		number := func(name string) int32 {
			if nr, ok := profiles.SyscallNumber(a, name); ok {
				return int32(nr)
			}
			return -1
		}
		out = append(out, convention{arch: a, audit: a.Audit(),
			restart: number("restart_syscall"), execve: number("execve"), execveat: number("execveat")})
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

// execPath tells whether a call executes a program, and which argument is its path.
func (as arches) execPath(arch profiles.Arch, nr int32) (index int, ok bool) {
	if arch == profiles.ArchX32 {
		nr &^= x32Bit
	}
	for _, c := range as {
		switch {
		case c.arch != arch:
		case nr == c.execve && nr >= 0:
			return 0, true
		case nr == c.execveat && nr >= 0:
			return 1, true
		}
	}
	return 0, false
}

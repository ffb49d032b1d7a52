package seccomp

import "fmt"

// Action is what a rule does with a call, by its OCI name.
type Action string

const (
	ActAllow       Action = "SCMP_ACT_ALLOW"
	ActErrno       Action = "SCMP_ACT_ERRNO"
	ActKill        Action = "SCMP_ACT_KILL" // the same as ActKillThread
	ActKillThread  Action = "SCMP_ACT_KILL_THREAD"
	ActKillProcess Action = "SCMP_ACT_KILL_PROCESS"
	ActTrap        Action = "SCMP_ACT_TRAP"
	ActTrace       Action = "SCMP_ACT_TRACE"
	ActLog         Action = "SCMP_ACT_LOG"
	ActNotify      Action = "SCMP_ACT_NOTIFY"
)

// Op is a comparison by its OCI name.
type Op string

const (
	OpNotEqual     Op = "SCMP_CMP_NE"
	OpLess         Op = "SCMP_CMP_LT"
	OpLessEqual    Op = "SCMP_CMP_LE"
	OpEqual        Op = "SCMP_CMP_EQ"
	OpGreaterEqual Op = "SCMP_CMP_GE"
	OpGreater      Op = "SCMP_CMP_GT"
	// OpMaskedEqual holds when argument & Value == ValueTwo & Value.
	OpMaskedEqual Op = "SCMP_CMP_MASKED_EQ"
)

// Errno values that a profile answers with (asm-generic/errno.h).
const (
	EPERM  = 1
	ENOSYS = 38
)

// maxErrno is MAX_ERRNO of the kernel.
const maxErrno = 4095

// actionReturn maps actions to SECCOMP_RET_* of linux/seccomp.h.
var actionReturn = map[Action]uint32{
	ActKillProcess: 0x80000000,
	ActKillThread:  0x00000000,
	ActTrap:        0x00030000,
	ActErrno:       0x00050000,
	ActNotify:      0x7fc00000,
	ActTrace:       0x7ff00000,
	ActLog:         0x7ffc0000,
	ActAllow:       0x7fff0000,
}

// Valid reports whether a is an action that runtimes know.
func (a Action) Valid() bool { _, ok := actionReturn[a.canonical()]; return ok }

func (a Action) canonical() Action {
	if a == ActKill {
		return ActKillThread
	}
	return a
}

// Valid reports whether o is a comparison that runtimes know.
func (o Op) Valid() bool {
	switch o {
	case OpNotEqual, OpLess, OpLessEqual, OpEqual, OpGreaterEqual, OpGreater, OpMaskedEqual:
		return true
	}
	return false
}

// Verdict is what happens to one call.
type Verdict struct {
	Action Action // never ActKill
	Errno  uint16 // of ActErrno, and the message of ActTrace
}

// verdict applies the runtime's defaults to an action.
func verdict(a Action, ret *uint) Verdict {
	v := Verdict{Action: a.canonical()}
	if v.Action == ActErrno || v.Action == ActTrace {
		v.Errno = EPERM
		if ret != nil {
			v.Errno = uint16(*ret)
		}
	}
	return v
}

// Allows tells whether the call is carried out.
func (v Verdict) Allows() bool { return v.Action == ActAllow || v.Action == ActLog }

// Return is the value that a filter returns to the kernel.
func (v Verdict) Return() uint32 { return actionReturn[v.Action.canonical()] | uint32(v.Errno) }

// VerdictOf is the inverse of [Verdict.Return]. The kernel takes a value that it
// does not know for KILL_PROCESS.
func VerdictOf(ret uint32) Verdict {
	for a, r := range actionReturn {
		if r != ret&0xffff0000 {
			continue
		}
		v := Verdict{Action: a}
		if a == ActErrno || a == ActTrace {
			v.Errno = uint16(ret)
		}
		return v
	}
	return Verdict{Action: ActKillProcess}
}

// String is short text for people: "ALLOW", "ERRNO 38".
func (v Verdict) String() string {
	s := string(v.Action)
	if len(s) > len("SCMP_ACT_") {
		s = s[len("SCMP_ACT_"):]
	}
	if v.Action == ActErrno || v.Action == ActTrace {
		return fmt.Sprintf("%s %d", s, v.Errno)
	}
	return s
}

func errno(n uint) *uint { return &n }

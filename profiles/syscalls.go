package profiles

//go:generate go run ./internal/gensyscalls -out .

import "sort"

// callNumber is one row of a table of system calls.
type callNumber struct {
	nr   int
	name string
}

// callTable is one architecture's calls, sorted by number and by name.
type callTable struct {
	rows   []callNumber
	byName []uint16
}

// x32Bit tells an x32 call from a 64-bit one (__X32_SYSCALL_BIT, asm/unistd.h).
const x32Bit = 0x40000000

// SyscallName returns the kernel's name of a call: "newfstatat", "pread64". For
// [ArchX32] the number is taken with or without bit 30. It is false for a number
// that no table names. Source: the kernel's tables by way of golang.org/x/sys.
func SyscallName(a Arch, nr int) (string, bool) {
	if a == ArchX32 {
		nr &^= x32Bit
	}
	rows := calls(a).rows
	i := sort.Search(len(rows), func(i int) bool { return rows[i].nr >= nr })
	if i == len(rows) || rows[i].nr != nr {
		return "", false
	}
	return rows[i].name, true
}

// SyscallNumber is the inverse of [SyscallName]. For [ArchX32] the number is
// without bit 30. It knows no aliases and no "syscall_N".
func SyscallNumber(a Arch, name string) (int, bool) {
	t := calls(a)
	i := sort.Search(len(t.byName), func(i int) bool { return t.rows[t.byName[i]].name >= name })
	if i == len(t.byName) || t.rows[t.byName[i]].name != name {
		return 0, false
	}
	return t.rows[t.byName[i]].nr, true
}

// SyscallNames returns the names of all calls of an architecture, sorted; nil
// for an architecture that batten does not know.
func SyscallNames(a Arch) []string {
	t := calls(a)
	if t.rows == nil {
		return nil
	}
	out := make([]string, len(t.byName))
	for i, n := range t.byName {
		out[i] = t.rows[n].name
	}
	return out
}

// KnownSyscall tells whether any architecture has a call of that name.
func KnownSyscall(name string) bool {
	for _, a := range archTable {
		if _, ok := SyscallNumber(a.arch, name); ok {
			return true
		}
	}
	return false
}

func calls(a Arch) callTable {
	switch a {
	case ArchX8664:
		return callTable{callsX8664, callsX8664ByName}
	case ArchX86:
		return callTable{callsX86, callsX86ByName}
	case ArchX32:
		return callTable{callsX32, callsX32ByName}
	case ArchAARCH64:
		return callTable{callsAARCH64, callsAARCH64ByName}
	case ArchARM:
		return callTable{callsARM, callsARMByName}
	}
	return callTable{}
}

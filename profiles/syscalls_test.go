package profiles

import (
	"sort"
	"testing"
)

func TestNumbersAndNamesAreInverse(t *testing.T) {
	for _, a := range archTable {
		names := SyscallNames(a.arch)
		if len(names) < 280 || !sort.StringsAreSorted(names) {
			t.Errorf("%s: %d names, sorted %v", a.arch, len(names), sort.StringsAreSorted(names))
		}
		for _, name := range names {
			nr, ok := SyscallNumber(a.arch, name)
			if back, ok2 := SyscallName(a.arch, nr); !ok || !ok2 || back != name {
				t.Errorf("%s: %s is %d is %q", a.arch, name, nr, back)
			}
			if !syscallPattern.MatchString(name) {
				t.Errorf("%s: %q would be refused in a file", a.arch, name)
			}
		}
	}
}

func TestKernelNamesAndNumbers(t *testing.T) {
	for _, tc := range []struct {
		arch Arch
		nr   int
		name string
	}{
		{ArchX8664, 0, "read"}, {ArchX8664, 262, "newfstatat"}, {ArchX8664, 17, "pread64"}, {ArchX8664, 435, "clone3"},
		{ArchX8664, 166, "umount2"}, {ArchX8664, 470, "listns"},
		{ArchX86, 102, "socketcall"}, {ArchX86, 300, "fstatat64"}, {ArchX86, 422, "futex_time64"},
		{ArchX32, 520, "execve"}, {ArchX32, 0, "read"}, {ArchX32, 0x40000208, "execve"}, {ArchX32, 0x40000000, "read"},
		{ArchAARCH64, 79, "newfstatat"}, {ArchAARCH64, 221, "execve"}, {ArchAARCH64, 220, "clone"}, {ArchAARCH64, 439, "faccessat2"},
		{ArchARM, 341, "arm_sync_file_range"}, {ArchARM, 0xf0005, "set_tls"}, {ArchARM, 0, "restart_syscall"},
	} {
		if got, ok := SyscallName(tc.arch, tc.nr); !ok || got != tc.name {
			t.Errorf("%s %d: got %q, want %q", tc.arch, tc.nr, got, tc.name)
		}
	}
}

func TestAbsentCallsHaveNoNumber(t *testing.T) {
	for _, tc := range []struct {
		arch Arch
		name string
	}{
		{ArchAARCH64, "open"}, {ArchAARCH64, "stat"}, {ArchAARCH64, "arch_specific_syscall"}, {ArchX8664, "socketcall"},
		{ArchX32, "uselib"}, {ArchX8664, "syscall_500"}, {"vax", "read"}, {ArchX8664, ""}, {ArchX8664, "READ"},
	} {
		if nr, ok := SyscallNumber(tc.arch, tc.name); ok {
			t.Errorf("%s %s: got %d", tc.arch, tc.name, nr)
		}
	}
	for _, nr := range []int{-1, 334 + 1000, 400, 1 << 40} {
		if name, ok := SyscallName(ArchX8664, nr); ok {
			t.Errorf("%d: got %q", nr, name)
		}
	}
	if SyscallNames("vax") != nil {
		t.Error("names of an unknown architecture")
	}
	if nr, ok := SyscallNumber(ArchX32, "ioctl"); !ok || nr != 514 {
		t.Errorf("x32 ioctl: got %d", nr)
	}
}

func TestRecordedArgumentsAreOfRealCalls(t *testing.T) {
	specs := ArgumentSpecs()
	for _, s := range specs {
		if !KnownSyscall(s.Syscall) {
			t.Errorf("%s exists nowhere", s.Syscall)
		}
		for _, i := range s.Index {
			isProtocol := (s.Syscall == "socket" || s.Syscall == "socketpair") && i == 2
			if _, ok := syntaxOf(s.Syscall, i); !ok && !isProtocol {
				t.Errorf("argument %d of %s has no names", i, s.Syscall)
			}
		}
	}
}

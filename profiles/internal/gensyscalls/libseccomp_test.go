//go:build cgo && linux

package main

import (
	"testing"

	"github.com/seccomp/libseccomp-golang"
)

// TestTablesAgreeWithLibseccomp compares every call that the installed library
// knows; the tables may be newer than it.
func TestTablesAgreeWithLibseccomp(t *testing.T) {
	tables, _ := load(t)
	arches := map[string]seccomp.ScmpArch{
		"x86_64": seccomp.ArchAMD64, "x86": seccomp.ArchX86, "aarch64": seccomp.ArchARM64, "arm": seccomp.ArchARM,
	}
	for _, table := range tables {
		arch, ok := arches[table.arch]
		if !ok {
			continue
		}
		known := 0
		for _, c := range table.calls {
			nr, err := seccomp.GetSyscallFromNameByArch(c.name, arch)
			if err != nil || nr < 0 {
				continue // newer than the library, or one that it folds into another
			}
			known++
			if int(nr) != c.nr {
				t.Errorf("%s: %s is %d, libseccomp says %d", table.arch, c.name, c.nr, nr)
			}
		}
		if known < 280 {
			t.Errorf("%s: libseccomp knows only %d of %d", table.arch, known, len(table.calls))
		}
		t.Logf("%s: %d of %d calls agree", table.arch, known, len(table.calls))
	}
}

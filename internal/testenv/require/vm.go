package require

import (
	"runtime"
	"testing"
)

// VM returns the program that runs virtual machines. The guest is of one
// architecture, and emulating it on another is too slow to test with.
func VM(t testing.TB) string {
	t.Helper()
	if runtime.GOARCH != "amd64" {
		missing(t, "vm", "the virtual machine of the tests is an amd64 one")
	}
	return Tool(t, "vm", "qemu-system-x86_64")
}

// Skip skips a test for a reason that was found elsewhere, such as in a virtual
// machine, unless the capability is demanded.
func Skip(t testing.TB, capability, reason string) {
	t.Helper()
	missing(t, capability, reason)
}

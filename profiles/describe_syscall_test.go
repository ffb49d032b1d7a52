package profiles

import (
	"strings"
	"testing"
)

func TestEverySyscallIsDescribedInOneLine(t *testing.T) {
	for _, a := range archTable {
		for _, name := range SyscallNames(a.arch) {
			text := DescribeSyscall(name)
			if text == "" {
				t.Errorf("%s %s: no description", a.arch, name)
			}
			if strings.ContainsAny(text, "\n\t") || len(text) > 110 {
				t.Errorf("%s: %q is not one short line", name, text)
			}
		}
	}
	if got := DescribeSyscall("no_such_call"); got != "" {
		t.Errorf("unknown call described as %q", got)
	}
}

func TestDescriptionsNameOnlyRealCalls(t *testing.T) {
	for _, table := range []map[string]string{aboutFiles, aboutProcesses, aboutNetwork, aboutSystem, aboutOld} {
		for name := range table {
			if !KnownSyscall(name) && name != "send" && name != "recv" {
				t.Errorf("%s is described and exists nowhere", name)
			}
		}
	}
}

func TestTwinsAreExplainedByTheCallTheyVary(t *testing.T) {
	for name, want := range map[string]string{
		"futex_time64": "wait for and wake threads at a memory address: locks (with 64-bit time)",
		"getuid32":     "read the user ID (with 32-bit user and group IDs)",
		"mmap2":        "map a file or new memory into the address space (second form)",
		"fadvise64_64": "tell how a file is going to be read (with 64-bit offsets)",
	} {
		if got := DescribeSyscall(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

package profiles

import (
	"slices"
	"strings"
	"testing"
)

func TestCautionsAreAboutRealCallsThatAreNoSecurityCalls(t *testing.T) {
	for name, text := range cautions {
		if _, security := Security(name); security || !KnownSyscall(name) {
			t.Errorf("%s: security call %v, known %v", name, security, KnownSyscall(name))
		}
		if strings.ContainsAny(text, "\n\t") || len(text) > 110 {
			t.Errorf("%s: %q is not one short line", name, text)
		}
	}
	for _, name := range []string{"clone3", "chown", "socket"} {
		if _, ok := Caution(name); !ok {
			t.Errorf("%s: no caution", name)
		}
	}
	if text, ok := Caution("read"); ok || text != "" {
		t.Errorf("read: %q", text)
	}
}

func TestGoRuntimeCallsAreKnownAndSorted(t *testing.T) {
	calls := GoRuntimeCalls()
	if !slices.IsSorted(calls) || !slices.Contains(calls, "futex") {
		t.Errorf("%v", calls)
	}
	for _, name := range calls {
		if !KnownSyscall(name) {
			t.Errorf("%s is no call", name)
		}
	}
	for _, name := range goRuntime {
		if name != "close_range" && !slices.Contains(calls, name) { // runc's own
			t.Errorf("%s is in the set of runc only", name)
		}
	}
	calls[0] = "changed"
	if GoRuntimeCalls()[0] == "changed" {
		t.Error("the list can be changed")
	}
}

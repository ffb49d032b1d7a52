package vm

import (
	"testing"
	"time"
)

// Those of the tracer's own tests that say what depends on the kernel: that it takes
// every form of the programs, and that calls, refusals and capabilities are seen on
// it. Not all, for the kernel checks the programs anew in each, and on an
// emulated processor that takes long.
func TestTheTracerWorksOnADebianKernel(t *testing.T) {
	t.Parallel()
	Start(t, Guest{Lifetime: 15 * time.Minute}).GoTest(t, Tests{
		Package: "batten/trace/ebpf", Timeout: 12 * time.Minute, Env: []string{"BATTEN_ALL_FILE_WAYS=1"},
		Run: "TestEveryFormRecords/^tp_btf$|TestCapabilityChecks|TestAKernelWithout|TestAKillingFilter",
	})
}

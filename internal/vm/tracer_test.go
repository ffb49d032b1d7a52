package vm

import "testing"

// Those of the tracer's own tests that say what depends on the kernel: that it takes
// every form of the programs, and that calls, refusals and capabilities are seen on
// it. Not all, for the kernel checks the programs anew in each, and on an
// emulated processor that takes long.
func TestTheTracerWorksOnADebianKernel(t *testing.T) {
	Start(t, Guest{}).GoTest(t, Tests{
		Package: "batten/trace/ebpf",
		Run:     "TestEveryFormRecords|TestCapabilityChecks|TestAKillingFilter|TestARefusedCall/^tp_btf$/^operation",
	})
}

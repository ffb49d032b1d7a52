package ebpf

import (
	"testing"

	"batten/internal/testenv/require"
)

func TestAKernelWithoutTheCapabilityTracePointIsUsedAndItsRecordingsSaySo(t *testing.T) {
	require.EBPF(t)
	tracer := New(Options{Capabilities: CapabilitiesTracepoint})
	spec, err := tracer.spec()
	if err != nil {
		t.Fatal(err)
	}
	spec.Programs["capable_btf"].AttachTo = "absent_from_this_kernel"
	l, err := tracer.try(spec, FormBTF, func() (uint64, uint64) { return 0, 0 })
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSession(l, Options{})
	if err != nil {
		l.Close()
		t.Fatal(err)
	}
	defer s.Close()
	if run := s.conditions(&bound{}, s.began); run.SeesCapabilities() || !run.CapabilitiesUnseen {
		t.Errorf("run %+v", run)
	}
}

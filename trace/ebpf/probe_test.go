package ebpf_test

import (
	"testing"

	"batten/internal/testenv/require"
	"batten/trace/ebpf"
)

func TestEveryFormThatThisKernelOffersIsFoundToWork(t *testing.T) {
	require.EBPF(t)
	for _, r := range ebpf.Probe(t.Context()) {
		if !r.Works || r.Reason != "" {
			t.Errorf("%s: %s", r.Name, r.Reason)
		}
	}
}

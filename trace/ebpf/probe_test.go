package ebpf_test

import (
	"os"
	"strings"
	"testing"

	"batten/internal/testenv/require"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
)

func TestEveryFormThatThisKernelOffersIsFoundToWork(t *testing.T) {
	require.EBPF(t)
	rungs := ebpf.Probe(t.Context())
	works := map[string]bool{}
	for _, r := range rungs {
		kind, _, _ := strings.Cut(r.Name, "/")
		works[kind] = works[kind] || r.Works
		if kind == "ebpf" && !r.Works || r.Works != (r.Reason == "") || r.Sees == "" || !r.Works && r.Enable == "" {
			t.Errorf("%+v", r)
		}
	}
	for _, kind := range []string{"ebpf", "files", "capabilities"} {
		if !works[kind] {
			t.Errorf("no way of %s works: %+v", kind, rungs)
		}
	}
}

// What doctor says is what is taken.
func TestTheBestWayThatWorksIsTaken(t *testing.T) {
	require.EBPF(t)
	s := start(t, ebpf.Options{}, trace.Target{Service: profiles.Service{Name: "self", Kind: profiles.KindProcess}, PID: os.Getpid()})
	rs, err := s.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	stop(t, s)
	for _, r := range ebpf.Probe(t.Context()) {
		if way, ok := strings.CutPrefix(r.Name, "files/"); ok && r.Works {
			if got := string(rs[0].Run.Files); got != way {
				t.Errorf("files are recorded by %s, and the best that works is %s", got, way)
			}
			return
		}
	}
	t.Error("no way works")
}

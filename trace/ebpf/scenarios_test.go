package ebpf_test

import (
	"errors"
	"testing"

	"batten/internal/launch"
	"batten/internal/scenarios"
	"batten/profiles"
	"batten/trace"
	"batten/trace/ebpf"
)

// fileWays are the ways of recording files, each with the forms in which it differs.
var fileWays = []ebpf.Options{
	{Form: ebpf.FormBTF, Files: profiles.FilesLSM},
	{Form: ebpf.FormBTF, Files: profiles.FilesFentry},
	{Form: ebpf.FormBTF, Files: profiles.FilesCalls},
	{Form: ebpf.FormRaw, Files: profiles.FilesCalls},
	{Form: ebpf.FormTracepoint, Files: profiles.FilesCalls},
}

func TestEveryScenarioIsRecordedExactly(t *testing.T) {
	for _, o := range fileWays {
		t.Run(string(o.Files)+"/"+string(o.Form), func(t *testing.T) {
			needs(t, o)
			for _, s := range scenarios.All() {
				t.Run(s.Name, func(t *testing.T) {
					if why := s.Unfit[o.Files]; why != "" {
						t.Log(why)
						return
					}
					place := scenarios.Here(t, s)
					r, code := record(t, o, launch.Command{Args: place.Command()})
					if code != 0 {
						t.Fatalf("the program ended with %d", code)
					}
					if r.Run.Files != o.Files {
						t.Errorf("recorded by %q", r.Run.Files)
					}
					scenarios.Check(t, s, place, r)
				})
			}
		})
	}
}

// needs skips a way that this kernel refuses. On which kernels none may be skipped is
// for those who run the tests there to say.
func needs(t *testing.T, o ebpf.Options) {
	t.Helper()
	s, err := ebpf.New(o).Start(t.Context(), nil)
	if errors.Is(err, trace.ErrUnsupported) && o.Files != profiles.FilesCalls {
		t.Skipf("this kernel refuses it: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

package seccomp

import (
	"testing"

	"batten/profiles"
)

func TestAShellBeforeTheProgramMayReadAndExecute(t *testing.T) {
	for _, mode := range []Mode{Portable, Tight} {
		without, err := Generate(web(), Options{Mode: mode, NoNewPrivileges: true})
		if err != nil {
			t.Fatal(err)
		}
		with, err := Generate(web(), Options{Mode: mode, NoNewPrivileges: true, Wrapper: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range []string{"wait4", "pipe2", "dup2"} {
			if with.Why[call].Source != SourceWrapper || !with.Why[call].Allowed {
				t.Errorf("%s: %s is %+v", mode, call, with.Why[call])
			}
		}
		// What the shell needs is ordinary: no protection of the profile is given up.
		for name, r := range without.Why {
			if _, secure := profiles.Security(name); secure && !r.Allowed && with.Why[name].Allowed {
				t.Errorf("%s: the wrapper opens %s", mode, name)
			}
			if r.Allowed && !with.Why[name].Allowed {
				t.Errorf("%s: the wrapper closes %s", mode, name)
			}
		}
		if got, want := with.Why["read"].Source, SourceApplication; got != want {
			t.Errorf("%s: read is of source %s", mode, got)
		}
	}
}

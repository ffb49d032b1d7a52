package verify

import (
	"encoding/json"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"batten/generators/seccomp"
	"batten/internal/launch"
	"batten/profiles"
)

func TestMain(m *testing.M) {
	launch.Hook()
	os.Exit(m.Run())
}

// allBut is a policy that refuses some calls.
func allBut(errno uint, names ...string) *seccomp.Policy {
	return &seccomp.Policy{DefaultAction: seccomp.ActAllow, Syscalls: []seccomp.Rule{
		{Names: names, Action: seccomp.ActErrno, ErrnoRet: &errno},
	}}
}

func run(t *testing.T, p *seccomp.Policy, o Options, args ...string) *Result {
	t.Helper()
	o.Policy, o.Host, o.Name, o.Ptrace = p, profiles.NativeArch(runtime.GOARCH), "test", true
	o.Command = launch.Command{Args: args, Dir: t.TempDir()}
	r, err := Command(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatIsAllowedPasses(t *testing.T) {
	r := run(t, allBut(1, "reboot"), Options{}, "true")
	if !r.Passed || len(r.Denials) != 0 || r.Calls == 0 || r.Backend != "ptrace" {
		t.Fatalf("%+v", r)
	}
}

func TestDenialIsNamedWithItsProgramAndError(t *testing.T) {
	r := run(t, allBut(13, "mkdir", "mkdirat"), Options{}, "sh", "-c", "mkdir made")
	if r.Passed || r.ExitCode == 0 || len(r.Denials) != 1 {
		t.Fatalf("%+v", r)
	}
	d := r.Denials[0]
	if d.Call != "mkdir" && d.Call != "mkdirat" || d.Errno != 13 || d.Error != "permission denied" || d.Program == "" || d.Intended || d.Add == nil {
		t.Fatalf("%+v", d)
	}
}

func TestRefusalThatMakesALibraryFallBackIsNoFailure(t *testing.T) {
	// Shells and libraries ask for faccessat2 and go on without it.
	r := run(t, allBut(38, profiles.FallbackCalls()...), Options{}, "sh", "-c", "test -w /; true")
	if !r.Passed || slices.ContainsFunc(r.Denials, func(d Denial) bool { return !d.Intended }) {
		t.Fatalf("%+v", r)
	}
}

func TestFailureWithoutDenialFails(t *testing.T) {
	if r := run(t, allBut(1, "reboot"), Options{}, "false"); r.Passed || r.ExitCode != 1 || len(r.Denials) != 0 {
		t.Fatalf("%+v", r)
	}
}

func TestTimeLimitEndsTheWait(t *testing.T) {
	begin := time.Now()
	r := run(t, allBut(1, "reboot"), Options{Limit: 200 * time.Millisecond}, "sleep", "3")
	if r.Passed || !r.TimeLimit || time.Since(begin) > 3*time.Second {
		t.Fatalf("%+v after %s", r, time.Since(begin))
	}
}

func TestExplanations(t *testing.T) {
	host := profiles.ArchX8664
	spec, _ := profiles.ArgumentsOf("socket")
	netlink := &profiles.Arguments{Index: spec.Index, Values: [][]uint64{{16, 3, 9}}, Complete: true}
	for _, c := range []struct {
		denial   profiles.Denial
		intended bool
		add      string
	}{
		{profiles.Denial{Name: "mkdir", Arch: host, Errno: 1}, false, `{"syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_ALLOW"}]}`},
		{profiles.Denial{Name: "clone3", Arch: host, Errno: 38}, true, "null"},
		{profiles.Denial{Name: "clone3", Arch: host, Errno: 1}, false, `{"syscalls":[{"names":["clone3"],"action":"SCMP_ACT_ALLOW"}]}`},
		{profiles.Denial{Name: "clone3", Arch: host, Errno: 38, Killed: true}, false, `{"syscalls":[{"names":["clone3"],"action":"SCMP_ACT_ALLOW"}]}`},
		{profiles.Denial{Name: "read", Arch: profiles.ArchX86, Errno: 1}, false, `{"architectures":["SCMP_ARCH_X86"],"syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW"}]}`},
	} {
		got := explain(c.denial, host)
		if add, err := json.Marshal(got.Add); err != nil || got.Intended != c.intended || string(add) != c.add {
			t.Errorf("%+v: %+v\n%s", c.denial, got, add)
		}
	}
	got := explain(profiles.Denial{Name: "socket", Arch: host, Errno: 1, Args: netlink}, host)
	if len(got.Add.Syscalls) != 1 || len(got.Add.Syscalls[0].Args) != 3 || !slices.ContainsFunc(got.Add.Syscalls[0].Args, func(a seccomp.Arg) bool {
		return a.Index == 0 && (a.Value == 16 || a.ValueTwo == 16)
	}) {
		t.Errorf("more than the refused socket would be allowed: %+v", got.Add)
	}
}

// What is proposed must let the refused call through, and nothing else.
func TestRefusedArgumentsAreProposed(t *testing.T) {
	r := run(t, allBut(1, "unshare"), Options{}, "unshare", "--uts", "true")
	if r.Passed || len(r.Denials) != 1 || len(r.Denials[0].Add.Syscalls) != 1 || len(r.Denials[0].Add.Syscalls[0].Args) != 1 {
		t.Fatalf("%+v", r)
	}
}

package roundtrip

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"batten/generators/capabilities"
	"batten/generators/seccomp"
	"batten/internal/docker"
	"batten/internal/testenv/images"
	"batten/internal/testenv/workload"
	"batten/profiles"
)

// Numbers of calls that no service of the image makes, on x86-64.
const neverMade = "163" // acct

func TestServicesRunUnderTheirProfilesAndCapabilitiesAndAnUnseenCallIsRefusedAndNamed(t *testing.T) {
	for _, s := range workload.All() {
		t.Run(s.Name, func(t *testing.T) {
			subject := service(t, s)
			profile := recordSubject(t, subject, false)
			denied := images.Program(t, "denied")
			subject.spec.Binds = []string{denied + ":/denied:ro"}
			set := capabilities.Generate(profile, capabilities.Options{Had: seccomp.DockerCapabilities()})
			t.Logf("cap_add %v", set.Add)
			subject.spec.CapDrop, subject.spec.CapAdd = set.Drop, set.Add
			for _, mode := range []seccomp.Mode{seccomp.Tight, seccomp.Portable} {
				t.Run(string(mode), func(t *testing.T) {
					result := generate(t, profile, mode, false)
					t.Logf("%d calls allowed, %d of Docker's default removed", result.Stats.Allowed, result.Stats.RemovedFromDefault)
					var said string
					r := trial(t, subject, string(result.JSON), false, func(ctx context.Context, engine *docker.Engine, id string) {
						_, out, err := engine.Exec(ctx, id, "", "/denied", neverMade)
						if err != nil {
							t.Error(err)
						}
						said = strings.TrimSpace(out)
					})
					if said != neverMade+" EPERM" {
						t.Errorf("the unseen call: %q", said)
					}
					got := slices.DeleteFunc(denials(r), func(d string) bool { return !strings.HasPrefix(d, string(profiles.PartExec)) })
					if !slices.Contains(got, "exec acct 1") {
						t.Errorf("the refusal was not seen and named: %v", got)
					}
					rest := slices.DeleteFunc(denials(r), func(d string) bool { return strings.HasPrefix(d, string(profiles.PartExec)) })
					if len(rest) > 0 {
						t.Errorf("denied: %v", rest)
					}
				})
			}
		})
	}
}

func TestThreadsStartUnderATailoredProfile(t *testing.T) {
	subject := program(t, "threads")
	for _, nnp := range []bool{false, true} {
		profile := recordSubject(t, subject, nnp)
		if !slices.Contains(profile.Application(profiles.NativeArch(runtime.GOARCH)), "clone3") {
			t.Errorf("the recording lacks clone3: %v", profile.Application(profiles.NativeArch(runtime.GOARCH)))
		}
		for _, mode := range []seccomp.Mode{seccomp.Tight, seccomp.Portable} {
			t.Run(fmt.Sprintf("%s/no-new-privileges=%v", mode, nnp), func(t *testing.T) {
				r := trial(t, subject, string(generate(t, profile, mode, nnp).JSON), nnp, nil)
				if d := denials(r); len(d) > 0 {
					t.Errorf("denied: %v", d)
				}
			})
		}
	}
}

func TestNoNewPrivilegesMakesTheProfileSmallerAndBothStart(t *testing.T) {
	subject := program(t, "brief")
	subject.drive = func(ctx context.Context, t *testing.T, engine *docker.Engine, id string) {
		if code, err := engine.Wait(ctx, id); err != nil || code != 7 {
			t.Errorf("exit code %d, %v", code, err)
		}
	}
	var allowed []int
	for _, nnp := range []bool{false, true} {
		result := generate(t, recordSubject(t, subject, nnp), seccomp.Tight, nnp)
		allowed = append(allowed, result.Stats.Allowed)
		for range 5 { // the runtime's own calls are a little random
			if d := denials(trial(t, subject, string(result.JSON), nnp, nil)); len(d) > 0 {
				t.Errorf("no-new-privileges %v: denied: %v", nnp, d)
			}
		}
	}
	if allowed[1] >= allowed[0] {
		t.Errorf("%d calls with no-new-privileges, %d without", allowed[1], allowed[0])
	}
	t.Logf("%d calls with no-new-privileges, %d without", allowed[1], allowed[0])
}

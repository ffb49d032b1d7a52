package require

import (
	"fmt"
	"strings"
	"testing"
)

// spy notes how a requirement ended instead of ending the test.
type spy struct {
	testing.TB
	skipped, failed string
}

func (s *spy) Helper()                   {}
func (s *spy) Skip(args ...any)          { s.skipped = args[0].(string) }
func (s *spy) Fatalf(f string, a ...any) { s.failed = fmt.Sprintf(f, a...) }

func TestAMissingToolSkipsUnlessItsCapabilityIsDemanded(t *testing.T) {
	for demanded, fails := range map[string]bool{"": false, "docker": false, "ebpf": true, "docker, ebpf": true} {
		t.Setenv(variable, demanded)
		got := &spy{TB: t}
		Tool(got, "ebpf", "no-such-program")
		if (got.failed != "") != fails {
			t.Errorf("%s=%q: failed %q, skipped %q", variable, demanded, got.failed, got.skipped)
		}
		if reason := got.failed + got.skipped; !fails && !strings.Contains(reason, "no-such-program is not installed") {
			t.Errorf("%s=%q: reason %q does not say what is missing", variable, demanded, reason)
		}
	}
}

func TestAMissingEngineIsReportedWithTheReason(t *testing.T) {
	t.Setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
	for demanded, fails := range map[string]bool{"ebpf": false, "ebpf,docker": true} {
		t.Setenv(variable, demanded)
		got := &spy{TB: t}
		Docker(got)
		if (got.failed != "") != fails {
			t.Errorf("%s=%q: failed %q, skipped %q", variable, demanded, got.failed, got.skipped)
		}
		if !strings.Contains(got.failed+got.skipped, "/nowhere/docker.sock is absent") {
			t.Errorf("%s=%q: %q does not say why", variable, demanded, got.failed+got.skipped)
		}
	}
}

func TestRootIsDemandedByEitherCapability(t *testing.T) {
	if !Unprivileged(t) {
		return
	}
	for _, word := range []string{"ebpf", "docker"} {
		t.Setenv(variable, word)
		got := &spy{TB: t}
		if Root(got); got.failed == "" {
			t.Errorf("%s=%s did not fail without root", variable, word)
		}
	}
}

package compose

import (
	"strings"
	"testing"
)

func TestLimitsOfProcessesAreSpelledForTheProgramThatIsThere(t *testing.T) {
	limits := map[string]string{"web": "64", "yes": "32"}
	for v1, want := range map[bool]string{
		true:  "version: \"3.8\"\nservices:\n  web:\n    pids_limit: 64\n  \"yes\":\n    pids_limit: 32\n",
		false: "version: \"3.8\"\nservices:\n  web:\n    deploy:\n      resources:\n        limits:\n          pids: 64\n  \"yes\":\n    deploy:\n      resources:\n        limits:\n          pids: 32\n",
	} {
		got := Limits(limits, v1)
		if !strings.HasSuffix(string(got), want) {
			t.Errorf("v1 %v:\n%s", v1, got)
		}
	}
}

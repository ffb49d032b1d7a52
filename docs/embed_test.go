package docs

import (
	"strings"
	"testing"
)

func TestPagesAreFoundByTheirRule(t *testing.T) {
	if got, ok := Rule("B002"); !ok || !strings.HasPrefix(got, "# B002: ") {
		t.Errorf("%v %q", ok, got)
	}
	for _, id := range []string{"", "B", "README", "../score", "B002.md", "b002", "B999"} {
		if _, ok := Rule(id); ok {
			t.Errorf("%q has a page", id)
		}
	}
}

func TestTheIndexAndTheScoreAreThere(t *testing.T) {
	if !strings.Contains(Rules(), "[B002](B002.md)") || !strings.HasPrefix(Score(), "# The score") {
		t.Error("the index or the score is not what it should be")
	}
}

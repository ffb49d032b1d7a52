package tui

import (
	"strings"
	"testing"

	"batten/plan"
)

func TestMapsInASCIIUseNothingElse(t *testing.T) {
	l, edges := crowd(8)
	l.Services[7].Mode = "none"
	edges = append(edges, plan.Edge{From: "svc0000", To: "internet"}, plan.Edge{From: "svc0001", To: "svc0007"})
	for _, w := range []int{40, 120, 200} {
		if text := toASCII(drawn(l, edges, w)); strings.Contains(text, "?") {
			t.Errorf("something has no ASCII form:\n%s", text)
		}
	}
	seen := toASCII(arrowOf(true))
	if seen == toASCII(arrowOf(false)) {
		t.Errorf("what was seen and what is declared look the same: %s", seen)
	}
}

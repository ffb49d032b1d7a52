package rules

import (
	"testing"

	"batten/project"
)

func TestOptionsHaveTwoSpellings(t *testing.T) {
	for text, want := range map[string][2]string{
		"seccomp:unconfined": {"seccomp", "unconfined"}, "seccomp=unconfined": {"seccomp", "unconfined"}, "no-new-privileges": {"no-new-privileges", ""},
		"label=level:s0": {"label", "level:s0"}, "label:type:x": {"label", "type:x"}, "": {"", ""},
	} {
		if name, value := option(text); name != want[0] || value != want[1] {
			t.Errorf("%q: %q %q", text, name, value)
		}
	}
}

func TestOfSeveralOptionsTheLastCounts(t *testing.T) {
	s := project.Service{SecurityOpt: []string{"apparmor=unconfined", "apparmor=mine"}}
	if hasOption(s, "apparmor", "unconfined") || !hasOption(s, "apparmor", "mine") {
		t.Error("the first counts")
	}
}

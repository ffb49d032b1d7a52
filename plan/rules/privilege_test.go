package rules

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

func TestWhatAServiceMayHaveFollowsTheEngine(t *testing.T) {
	defaults := func(change func([]string) []string) []string {
		out := change(slices.Clone(dockerDefaults))
		slices.Sort(out)
		return out
	}
	for name, test := range map[string]struct {
		s    project.Service
		want []string
	}{
		"nothing said":          {project.Service{}, dockerDefaults},
		"one dropped":           {project.Service{CapDrop: []string{"cap_chown"}}, defaults(func(l []string) []string { return without(l, []string{"CHOWN"}) })},
		"one added":             {project.Service{CapAdd: []string{"NET_ADMIN", "chown"}}, defaults(func(l []string) []string { return append(l, "NET_ADMIN") })},
		"all dropped":           {project.Service{CapDrop: []string{"all"}, CapAdd: []string{"CHOWN"}}, []string{"CHOWN"}},
		"dropped and added":     {project.Service{CapDrop: []string{"CHOWN"}, CapAdd: []string{"CHOWN"}}, dockerDefaults},
		"all dropped, no added": {project.Service{CapDrop: []string{"ALL"}}, []string{}},
	} {
		if d := cmp.Diff(test.want, bounding(test.s)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	all := len(profiles.CapabilityNames())
	if n := len(bounding(project.Service{Privileged: true, CapDrop: []string{"ALL"}})); n != all {
		t.Errorf("privileged has %d", n)
	}
	if n := len(bounding(project.Service{CapAdd: []string{"ALL"}, CapDrop: []string{"SYS_ADMIN"}})); n != all-1 {
		t.Errorf("all but one has %d", n)
	}
}

// drawService is a service with any lists of capabilities and any recording.
func drawService(t *rapid.T) (project.Service, *profiles.Profile) {
	names := profiles.CapabilityNames()
	list := func(label string) []string {
		return rapid.SliceOfN(rapid.SampledFrom(append([]string{"ALL", "chown", "NET_ADMIN"}, names...)), 0, 4).Draw(t, label)
	}
	s := project.Service{Name: "web", CapAdd: list("add"), CapDrop: list("drop"), Privileged: rapid.Bool().Draw(t, "privileged"),
		User: rapid.SampledFrom([]string{"", "0", "1000"}).Draw(t, "user"), Config: &project.ServiceConfig{}}
	p := &profiles.Profile{Runs: []profiles.Run{{Backend: "ebpf/tp_btf", StartupSeen: true}}}
	for _, name := range rapid.SliceOfN(rapid.SampledFrom(names), 0, 6).Draw(t, "used") {
		p.Capabilities = append(p.Capabilities, profiles.Capability{Name: name, Runs: 1, Part: profiles.PartApplication,
			Granted: rapid.Bool().Draw(t, "granted"), Class: rapid.SampledFrom([]profiles.Class{profiles.ClassNeed, profiles.ClassNoise, profiles.ClassUnknown}).Draw(t, "class")})
	}
	return s, p
}

func TestNothingIsAddedThatTheServiceDidNotHaveOrUse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, p := drawService(t)
		d := &plan.Draft{Facts: plan.Facts{Project: &project.Project{Services: []project.Service{s}}, Profiles: map[string]*profiles.Profile{"web": p}}}
		n := capabilityNeeds(d, s)
		had := bounding(s)
		var used []string
		for _, c := range p.Capabilities {
			if c.Granted && c.Class != profiles.ClassNoise && slices.Contains(had, short(c.Name)) {
				used = append(used, short(c.Name))
			}
		}
		slices.Sort(used)
		if used = slices.Compact(used); !slices.Equal(n.add, used) {
			t.Fatalf("added %v of %v, used %v", n.add, had, used)
		}
	})
}

func TestAValueIsReadOrRefused(t *testing.T) {
	for value, want := range map[string][]string{
		"none": {}, "CHOWN": {"CHOWN"}, "cap_setuid, CHOWN,chown": {"CHOWN", "SETUID"}, "CHOWN;SETUID": nil, "ALL": nil,
	} {
		n := needsOfValue(value)
		if d := cmp.Diff(want, n.add); d != "" || n.known() != (want != nil) {
			t.Errorf("%q: %s (%s)", value, d, n.blocked)
		}
	}
}

func TestThePlanIsTheSameEachTime(t *testing.T) {
	for _, path := range fixturePaths(t) {
		f := loadFixture(t, path)
		_, first := f.decisions(f.facts)
		want, err := json.Marshal(first)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			_, again := f.decisions(f.facts)
			if got, _ := json.Marshal(again); string(got) != string(want) {
				t.Errorf("%s: \n%s\n%s", path, want, got)
			}
		}
	}
}

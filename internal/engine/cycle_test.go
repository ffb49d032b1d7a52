package engine

import (
	"slices"
	"testing"

	"batten/project"
)

func TestServicesStartAfterWhatTheyDependOn(t *testing.T) {
	p := &project.Project{Services: []project.Service{
		{Name: "app", DependsOn: []string{"cache", "db"}}, {Name: "cache"}, {Name: "db", DependsOn: []string{"disk"}},
		{Name: "web", DependsOn: []string{"app"}}, {Name: "x", DependsOn: []string{"y"}}, {Name: "y", DependsOn: []string{"x"}},
	}}
	got := byDependency(p, []string{"web", "app", "db", "cache", "y", "x"})
	if want := []string{"cache", "db", "app", "web", "x", "y"}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

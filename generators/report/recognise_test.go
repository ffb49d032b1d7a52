package report

import (
	"testing"

	"batten/plan"
	"batten/project"
)

func TestItsOwnPagesAreRecognised(t *testing.T) {
	p := &project.Project{Name: "odd`name", Model: &project.Model{}}
	for _, page := range [][]byte{
		Report(Input{Project: p, Plan: &plan.Plan{}, Hardened: "compose.hardened.yml"}),
		Apply(ApplyInput{Project: p, Plan: &plan.Plan{}, Hardened: []string{"compose.hardened.yml"}}),
	} {
		if !Recognise(page) {
			t.Errorf("%.60q is not recognised", page)
		}
	}
	if Recognise([]byte("# My report\n")) {
		t.Error("another page is taken for one of its own")
	}
}

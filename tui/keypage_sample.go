package tui

import (
	"context"

	"batten/internal/engine"
	"batten/plan"
)

// sampleModel is a model of a project with one service and one finding, on which every
// verb has something to act. No project is behind it: nothing may be done with it.
func sampleModel() *model {
	m, err := newModel(context.Background(), Options{})
	if err != nil {
		panic(err) // the default theme is always there
	}
	finding := plan.Decision{Apply: true, By: plan.ByDefault, Finding: plan.Finding{
		Rule: "B028", Service: "web", Severity: plan.Medium, Message: "nothing limits its memory",
		Fix: &plan.Fix{Summary: "limit memory", Value: "256m"},
	}}
	m.inspection = &engine.Inspection{Project: "shop", Services: []engine.InspectedService{{Name: "web"}}, Findings: []plan.Decision{finding}}
	m.hardening = &engine.Hardening{
		Project: "shop", Main: []string{"compose.hardened.yml"},
		Plan:  &plan.Plan{Project: "shop", Decisions: []plan.Decision{finding}, Scores: []plan.Score{{Service: "web", Before: 50, After: 90}}},
		Files: []engine.FileChange{{Path: "compose.hardened.yml", What: "compose file", State: engine.StateNew}},
	}
	m.version++
	planScreenOf(m) // puts the cursor on the finding
	return m
}

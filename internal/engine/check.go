package engine

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"batten/generators/report"
	"batten/internal/fault"
	"batten/plan"
)

// CheckSchema is the schema of [CheckResult].
const CheckSchema = "batten/check/v1"

// CheckRequest says what to check and what counts as bad.
type CheckRequest struct {
	SurveyRequest
	// FailOn is the least severity of an open finding that fails the check; "" is
	// medium. "none" lets all pass.
	FailOn plan.Severity
}

// FailOnNone is a [CheckRequest.FailOn] that no finding reaches.
const FailOnNone plan.Severity = "none"

// CheckResult is what a check found.
type CheckResult struct {
	Schema  string        `json:"schema"`
	Project string        `json:"project"`
	OK      bool          `json:"ok"`
	FailOn  plan.Severity `json:"failOn"`
	// Hardened is true when hardened files are there and count: their findings are
	// those that are left in them.
	Hardened bool            `json:"hardened"`
	Open     []plan.Decision `json:"open"`    // not fixed and not skipped with a reason
	Skipped  []plan.Decision `json:"skipped"` // by the user, with a reason
	Fixed    int             `json:"fixed"`   // in the hardened files
	Drift    []Drift         `json:"drift"`
	Scores   []plan.Score    `json:"scores"`

	survey *survey
}

// DriftKind tells what does not fit together any more.
type DriftKind string

const (
	DriftInput  DriftKind = "input"  // something that the plan was made from has changed
	DriftOutput DriftKind = "output" // a generated file is not as it was generated
	DriftImage  DriftKind = "image"  // a service has another image than the plan knew
	DriftPlan   DriftKind = "plan"   // the same inputs would be hardened differently now
)

// Drift is one thing that does not fit together any more.
type Drift struct {
	Kind DriftKind `json:"kind"`
	Path string    `json:"path,omitempty"`
	Text string    `json:"text"`
	Hint string    `json:"hint"`
}

// Check compares a project with what was decided about it. The result is not OK
// when a finding at or above the threshold is open, or when something has drifted.
func (e *Engine) Check(ctx context.Context, req CheckRequest) (*CheckResult, error) {
	if req.FailOn == "" {
		req.FailOn = plan.Medium
	}
	s, err := e.survey(ctx, req.SurveyRequest)
	if err != nil {
		return nil, err
	}
	out := &CheckResult{
		Schema: CheckSchema, Project: s.project.Name, FailOn: req.FailOn, survey: s,
		Open: []plan.Decision{}, Skipped: []plan.Decision{}, Drift: []Drift{}, Scores: s.plan.Scores,
	}
	lock, err := out.drift()
	if err != nil {
		return nil, err
	}
	out.Hardened = lock != nil
	out.sort(lock)
	out.OK = len(out.Drift) == 0 && !slices.ContainsFunc(out.Open, out.fails)
	return out, nil
}

func (c *CheckResult) fails(d plan.Decision) bool {
	return c.FailOn != FailOnNone && d.Finding.Severity.AtLeast(c.FailOn)
}

// fixed are the findings that the committed files fix, as far as these can be relied
// on.
func (c *CheckResult) fixed() map[string]bool {
	if len(c.Drift) > 0 {
		return nil
	}
	return c.survey.last.applied()
}

// sort tells fixed, skipped and open findings apart.
func (c *CheckResult) sort(lock *Lock) {
	fixed := lock.applied()
	for _, d := range c.survey.plan.Decisions {
		switch {
		case !d.Apply && d.By != plan.ByDefault && d.Reason != "":
			c.Skipped = append(c.Skipped, d)
		case fixed[d.Finding.ID()]:
			c.Fixed++
		default:
			c.Open = append(c.Open, d)
		}
	}
}

const hardenAgain = "look at batten harden, then batten harden --write"

// drift compares the committed plan with what is there; it returns the plan.
func (c *CheckResult) drift() (*Lock, error) {
	s := c.survey
	f, err := s.engine.open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lock, err := s.engine.readLock(f)
	if err != nil {
		return nil, fault.Default(fault.Usage, err, "the file is damaged: restore it from version control, or harden again")
	}
	if lock == nil {
		return nil, nil
	}
	inputs, err := s.inputs(nil)
	if err != nil {
		return nil, err
	}
	c.compareSums(DriftInput, lock.Inputs, inputs, "has changed since the project was hardened")
	var outputs []FileSum
	for _, o := range lock.Outputs {
		data, err := readOptional(f, o.Path, maxArtifact)
		if err != nil {
			return nil, err
		}
		if data != nil {
			outputs = append(outputs, FileSum{o.Path, sum(data)})
		}
	}
	c.compareSums(DriftOutput, lock.Outputs, outputs, "is not as batten generated it")
	for _, image := range lock.Images {
		service, ok := s.project.Service(image.Service)
		if ok && service.Facts != nil && service.Facts.ID != image.ID {
			c.Drift = append(c.Drift, Drift{DriftImage, "", "the image of " + image.Service + " is another one than the plan was made for",
				"trace it again, then harden: batten trace " + image.Service})
		}
	}
	return lock, nil
}

func (c *CheckResult) compareSums(kind DriftKind, want, have []FileSum, changed string) {
	now := map[string]string{}
	for _, f := range have {
		now[f.Path] = f.Sum
	}
	for _, f := range want {
		got, ok := now[f.Path]
		delete(now, f.Path)
		switch {
		case !ok:
			c.Drift = append(c.Drift, Drift{kind, f.Path, f.Path + " is gone", hardenAgain})
		case got != f.Sum:
			c.Drift = append(c.Drift, Drift{kind, f.Path, f.Path + " " + changed, hardenAgain})
		}
	}
	if kind != DriftInput {
		return
	}
	for _, f := range have {
		if _, fresh := now[f.Path]; fresh {
			c.Drift = append(c.Drift, Drift{kind, f.Path, f.Path + " is new since the project was hardened", hardenAgain})
		}
	}
}

// SARIF is the result in the form that code scanning takes, with the edits of the
// user's own files as fixes. Drift is no finding and not in it.
func (e *Engine) SARIF(ctx context.Context, c *CheckResult, version string) ([]byte, error) {
	s := c.survey
	edited, _, err := s.settle(ctx, true)
	if err != nil {
		return nil, err
	}
	in := report.SarifInput{
		Plan: s.plan, Rules: s.rules, Version: version, Base: s.engine.inRepository(), Main: edited.Main[0], Mask: s.mask(),
		Fixed: c.fixed(),
	}
	for _, a := range edited.Files {
		source := s.project.Sources[edited.From[a.Path]]
		in.Files = append(in.Files, report.SarifFile{Name: source.Name, Before: source.Data, After: a.Content, Why: a.Why})
	}
	return report.SARIF(in)
}

// inRepository is the project's folder as seen from the top of the repository that
// it is in; "" when it is the top, or in none.
func (e *Engine) inRepository() string {
	for dir := e.dir; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			rel, err := filepath.Rel(dir, e.dir)
			if err != nil || rel == "." {
				return ""
			}
			return filepath.ToSlash(rel)
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

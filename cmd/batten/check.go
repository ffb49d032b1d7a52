package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"batten/internal/engine"
	"batten/internal/fault"
	"batten/internal/terminal"
	"batten/plan"
)

func newCheck(a *app) *cobra.Command {
	var flags surveyFlags
	var failOn string
	c := &cobra.Command{
		Use:   "check [TARGET…]",
		Short: "For CI: fail on findings, and on drift between sources, recordings and what is committed",
		Long: `Compare the project with what was decided about it, and fail (exit code 1) when a
finding at or above the threshold is open, or when something has drifted: a source, a
recording or batten.yaml changed since harden wrote its files, a written file was
edited, or an image is another one.

A finding is open when the hardened files do not fix it and batten.yaml does not skip
it with a reason. Without hardened files every finding counts.

-o sarif writes the result for code scanning, with the fixes.`,
		Example: `  batten check --fail-on high
  batten check -o sarif > batten.sarif`,
		ValidArgsFunction: a.targets,
		RunE: func(c *cobra.Command, args []string) error {
			req, err := flags.request(args)
			if err != nil {
				return err
			}
			threshold, err := engine.ParseThreshold(failOn)
			if err != nil {
				return err
			}
			return a.check(c, engine.CheckRequest{SurveyRequest: req, FailOn: threshold})
		},
	}
	flags.add(c)
	c.Flags().StringVar(&failOn, "fail-on", string(plan.Medium), "least severity that fails: critical, high, medium, low, info, or none")
	_ = c.RegisterFlagCompletionFunc("fail-on", fixed("critical", "high", "medium", "low", "info", "none"))
	return c
}

func (a *app) check(c *cobra.Command, req engine.CheckRequest) error {
	e, err := a.engine()
	if err != nil {
		return err
	}
	result, err := e.Check(c.Context(), req)
	a.endStatus()
	if err != nil {
		return err
	}
	switch a.output {
	case outputJSON:
		err = writeJSON(a.stdout, result)
	case outputSARIF:
		var data []byte
		if data, err = e.SARIF(c.Context(), result, version().Version); err == nil {
			_, err = a.stdout.Write(data)
		}
	default:
		a.printCheck(result)
	}
	return errors.Join(err, verdict(result))
}

func verdict(r *engine.CheckResult) error {
	switch {
	case r.OK:
		return nil
	case len(r.Drift) > 0:
		return fault.New(fault.Findings, r.Drift[0].Hint, "check %s: %s", r.Project, plural(len(r.Drift), "file or image has drifted", "files or images have drifted"))
	}
	return fault.New(fault.Findings, "see batten harden, or skip one with its reason: batten harden --skip RULE=REASON --write",
		"check %s: findings at or above %s are open", r.Project, r.FailOn)
}

func (a *app) printCheck(r *engine.CheckResult) {
	st := a.style()
	drift := table{paint: []func(string) string{st.Danger}, width: a.lineWidth(), wrap: true}
	for _, d := range r.Drift {
		drift.add("drift", terminal.Safe(d.Text))
	}
	drift.write(a.stdout, "")
	t := table{paint: []func(string) string{st.Warn, st.Accent}, width: a.lineWidth(), wrap: true}
	for _, d := range worstFirst(r.Open) {
		where := ""
		if len(d.Finding.At) > 0 {
			at := d.Finding.At[0]
			where = fmt.Sprintf("%s:%d", at.File, at.Line)
		}
		t.add(string(d.Finding.Severity), terminal.Safe(d.Finding.ID()), terminal.Safe(where), terminal.Safe(d.Finding.Message))
	}
	t.write(a.stdout, "")
	against := "in the compose files"
	if r.Hardened {
		against = "in the hardened files"
	}
	fmt.Fprintf(a.stdout, "%s: %d open %s, %d fixed, %d skipped with a reason, %d drifted\n",
		st.Bold(terminal.Safe(r.Project)), len(r.Open), against, r.Fixed, len(r.Skipped), len(r.Drift))
}

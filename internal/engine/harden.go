package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"batten/generators/compose"
	"batten/generators/report"
	"batten/internal/atomicfile"
	"batten/internal/fault"
	"batten/plan"
	"batten/plan/network"
	"batten/plan/secrets"
	"batten/project"
)

// HardenSchema is the schema of [Hardening].
const HardenSchema = "batten/harden/v1"

// HardenRequest says what to harden and how.
type HardenRequest struct {
	SurveyRequest
	InPlace bool // edit the user's files instead of making hardened ones beside them
	// Keep writes the request's settings into batten.yaml, too.
	Keep bool
}

// Hardening is a plan with everything that it makes; nothing is written yet.
type Hardening struct {
	Schema  string       `json:"schema"`
	Project string       `json:"project"`
	Plan    *plan.Plan   `json:"plan"`
	Files   []FileChange `json:"files"`
	// Main are the files to start the hardened project with, in order, relative to
	// the project's folder.
	Main    []string          `json:"main"`
	Refused []compose.Refusal `json:"refused,omitempty"`
	// AppArmor are the profiles that are among the files.
	AppArmor []Confinement `json:"apparmor,omitempty"`
	Asked    bool          `json:"engineAsked"` // an engine answered

	survey    *survey
	request   HardenRequest
	after     *project.Model // the project as it will be
	artifacts []plan.Artifact
}

// What a compose file's difference consists of, for whoever shows it.
type (
	Hunk     = report.Hunk
	DiffLine = report.Line
	Refusal  = compose.Refusal
)

// LimitsFile is the compose file with limits of processes, relative to the project's
// folder.
const LimitsFile = compose.LimitsFile

// State tells what writing a file would do.
type State string

const (
	StateNew     State = "new"
	StateChanged State = "changed"
	StateSame    State = "same"
	// StateKept is a secret's file that holds another value than the compose file:
	// whoever changed it knew why.
	StateKept State = "kept"
)

// FileChange is one file of a [Hardening].
type FileChange struct {
	Path  string `json:"path"` // relative to the project's folder
	What  string `json:"what"`
	State State  `json:"state"`
	// Hunks compare a compose file with the user's own, with secrets masked.
	Hunks []report.Hunk `json:"hunks,omitempty"`
	From  string        `json:"from,omitempty"` // what Hunks compare with
}

// Harden makes the plan of a project and everything that it asks for. Nothing is
// written: see [Engine.Write].
func (e *Engine) Harden(ctx context.Context, req HardenRequest) (*Hardening, error) {
	s, err := e.survey(ctx, req.SurveyRequest)
	if err != nil {
		return nil, err
	}
	if err := s.checkSettings(); err != nil {
		return nil, err
	}
	if s.last != nil && s.last.Target != s.request.Target {
		e.warn("the files that are here are for "+string(s.last.Target)+", these are for "+string(s.request.Target),
			"choose with --target")
	}
	return s.harden(ctx, req)
}

// harden makes everything that the plan asks for.
func (s *survey) harden(ctx context.Context, req HardenRequest) (*Hardening, error) {
	h := &Hardening{Schema: HardenSchema, Project: s.project.Name, Plan: s.plan, Asked: s.asked, survey: s, request: req}
	edited, refused, err := s.settle(ctx, req.InPlace)
	if err != nil {
		return nil, err
	}
	h.Plan, h.Main, h.Refused, s.main = s.plan, edited.Main, refused, edited.Main
	h.after = cmp.Or(edited.Model, s.project.Model)
	confined, made, err := s.confine(ctx, h.after)
	if err != nil {
		return nil, err
	}
	h.AppArmor, s.confinements = made, made
	if h.artifacts, err = s.artifacts(edited, refused, req, confined); err != nil {
		return nil, err
	}
	return h, h.compare(edited)
}

// edit makes the hardened compose files.
func (s *survey) edit(ctx context.Context, inPlace bool) (*compose.Output, error) {
	out, err := compose.Generate(ctx, compose.Input{
		Project: s.project, Plan: s.plan, Target: s.request.Target, InPlace: inPlace,
		Load: func(ctx context.Context, files map[string][]byte) (*project.Model, error) {
			return project.Loads(ctx, s.project.Dir, files, s.project.Files)
		},
	})
	if errors.Is(err, compose.ErrNotProved) {
		return nil, fmt.Errorf("edit compose file: %w", err)
	}
	return out, err
}

// settle edits the files, and decides anew without what they cannot be edited for
// until all that is decided is made: other decisions may rest on a refused one.
func (s *survey) settle(ctx context.Context, inPlace bool) (*compose.Output, []compose.Refusal, error) {
	var refused []compose.Refusal
	s.settings.Refused = map[string]string{}
	for {
		edited, err := s.edit(ctx, inPlace)
		if err != nil {
			return nil, nil, err
		}
		fresh := false
		for _, r := range edited.Refused {
			if _, known := s.settings.Refused[r.Finding]; !known {
				s.settings.Refused[r.Finding], fresh = r.Reason, true
				refused = append(refused, r)
			}
		}
		if !fresh {
			return edited, refused, nil
		}
		if err := s.decide(); err != nil {
			return nil, nil, err
		}
	}
}

// artifacts are all files of a hardening, in the order in which they are written:
// a file comes after those that it refers to.
func (s *survey) artifacts(edited *compose.Output, refused []compose.Refusal, req HardenRequest, confined []plan.Artifact) ([]plan.Artifact, error) {
	folder := s.engine.options.Folder
	out := s.secretFiles()
	for _, name := range allNames(s.project) {
		service, _ := s.project.Service(name)
		if r := s.policies[name]; r != nil && (s.plan.Applies("B014", name) || s.engine.ownPolicy(service)) {
			out = append(out, plan.Artifact{Path: s.engine.seccompPath(name), Mode: 0o644, Content: r.JSON, What: whatSeccomp})
		}
	}
	out = append(out, confined...)
	if extra := s.pidsFile(); extra != nil {
		out = append(out, *extra)
	}
	if len(edited.Files) == 0 && req.InPlace {
		return out, nil // as it should be already: the report of how it came to be stays
	}
	for _, a := range edited.Files {
		a.Mode = modeOf(s.project.Sources[edited.From[a.Path]].Path, a.Mode)
		out = append(out, a)
	}
	after := network.LayoutOf(cmp.Or(edited.Model, s.project.Model))
	// The report lists the files, itself and the commands among them.
	paths := append(pathsOf(out), path.Join(folder, "REPORT.md"), path.Join(folder, "APPLY.md"), s.engine.lockPath())
	out = append(out,
		plan.Artifact{Path: path.Join(folder, "REPORT.md"), Mode: 0o644, What: whatReport, Content: s.report(edited, refused, after, paths, req.InPlace)},
		plan.Artifact{Path: path.Join(folder, "APPLY.md"), Mode: 0o644, What: whatReport, Content: s.apply(edited, out, paths, req.InPlace)},
	)
	if req.Keep && len(req.Settings) > 0 {
		kept, err := s.keptSettings(req.Settings)
		if err != nil {
			return nil, err
		}
		out = append(out, *kept)
	}
	lock, err := s.lock(out)
	if err != nil {
		return nil, err
	}
	return append(out, *lock), nil
}

// What artifacts are, for people.
const (
	whatCompose  = "compose file"
	whatSeccomp  = "seccomp profile"
	whatAppArmor = "AppArmor profile"
	whatSecret   = "secret"
	whatReport   = "report"
	whatSettings = "decisions"
	whatLimits   = "process limits"
	whatIgnore   = "git ignore file"
	whatLock     = "plan"
)

// secretFiles are the files of all applied fixes, each once, with what keeps them
// out of version control.
func (s *survey) secretFiles() []plan.Artifact {
	var out []plan.Artifact
	seen := map[string]bool{}
	for _, d := range s.plan.Applied() {
		for _, f := range d.Finding.Fix.Files {
			if seen[f.Path] {
				continue
			}
			seen[f.Path] = true
			out = append(out, plan.Artifact{
				Path: f.Path, Mode: f.Mode, UID: f.UID, Content: []byte(f.Content.Reveal()), Secret: true, What: whatSecret,
			})
		}
	}
	if len(out) == 0 {
		return nil
	}
	slices.SortFunc(out, func(a, b plan.Artifact) int { return compareText(a.Path, b.Path) })
	ignore := plan.Artifact{
		Path: path.Join(s.engine.options.Folder, "secrets", ".gitignore"), Mode: 0o644, What: whatIgnore,
		Content: []byte("# Secrets stay on the machines that need them.\n*\n!.gitignore\n"),
	}
	return append([]plan.Artifact{ignore}, out...)
}

// pidsFile holds the process limits, which have no spelling that all readers of
// version 3.8 take, in the one of the program that was found.
func (s *survey) pidsFile() *plan.Artifact {
	limits := map[string]string{}
	for _, d := range s.plan.Applied() {
		if d.Finding.Rule == "B030" && len(d.Finding.Fix.Changes) == 0 && d.Finding.Fix.Value != "" {
			limits[d.Finding.Service] = d.Finding.Fix.Value
		}
	}
	if len(limits) == 0 || s.request.Target == plan.TargetSwarm {
		return nil
	}
	return &plan.Artifact{
		Path: compose.LimitsFile, Mode: 0o644, What: whatLimits,
		Content: compose.Limits(limits, s.project.Host.ComposeV1),
	}
}

// keptSettings is batten.yaml with the decisions of this call.
func (s *survey) keptSettings(add []plan.Setting) (*plan.Artifact, error) {
	data, err := plan.EditSettings(s.written, add)
	if err != nil {
		return nil, fault.Wrap(fault.Usage, fmt.Errorf("edit %s: %w", settingsFile, err), "put the decision there yourself")
	}
	return &plan.Artifact{Path: settingsFile, Mode: 0o644, Content: data, What: whatSettings}, nil
}

// compare finds what writing would change.
func (h *Hardening) compare(edited *compose.Output) error {
	f, err := h.survey.engine.open()
	if err != nil {
		return err
	}
	defer f.Close()
	mask := h.survey.mask()
	for i := range h.artifacts {
		a := &h.artifacts[i]
		old, err := readOptional(f, a.Path, maxArtifact)
		if err != nil {
			return err
		}
		c := FileChange{Path: a.Path, What: a.What, State: stateOf(old, a)}
		if i, ok := edited.From[a.Path]; ok {
			source := h.survey.project.Sources[i]
			c.From = source.Name
			c.Hunks = report.Diff(source.Name, a.Path, source.Data, a.Content, a.Why, mask)
		}
		h.Files = append(h.Files, c)
	}
	return nil
}

func stateOf(old []byte, a *plan.Artifact) State {
	switch {
	case old == nil:
		return StateNew
	case string(old) == string(a.Content):
		return StateSame
	case a.Secret:
		return StateKept
	}
	return StateChanged
}

// mask hides the values of secrets in what is shown.
func (s *survey) mask() func(string) string {
	if s.masker == nil {
		s.masker = secrets.NewMaskerFor(s.project)
	}
	return s.masker.Mask
}

// secretValues are the values of all secrets that are known of the project.
func (s *survey) secretValues() []plan.Sensitive { return secrets.Values(secrets.Find(s.project)) }

// SecretValues are the values of the secrets that the project's files hold, for
// making sure that nothing else holds them.
func (h *Hardening) SecretValues() []plan.Sensitive { return h.survey.secretValues() }

func readOptional(f *atomicfile.Folder, name string, limit int64) ([]byte, error) {
	data, err := f.Read(name, limit)
	if errors.Is(err, errNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, foreign(err)
	}
	if data == nil {
		data = []byte{}
	}
	return data, nil
}

package engine

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"

	"batten/internal/atomicfile"
	"batten/plan"
)

// LockSchema is the schema of [Lock].
const LockSchema = "batten/lock/v1"

// Lock is what hardened/plan.json says: what a plan was made from, what it decided
// and what it made, so that another machine can tell whether that still holds
// without having the images that it was made with.
type Lock struct {
	Schema  string      `json:"schema"`
	Project string      `json:"project"`
	Target  plan.Target `json:"target"`
	Main    []string    `json:"main"` // files to start the hardened project with
	// Inputs and Outputs are SHA-256 sums of files, by path relative to the project's
	// folder. Secrets are not among them: the sum of a short secret gives it away.
	Inputs  []FileSum       `json:"inputs"`
	Outputs []FileSum       `json:"outputs"`
	Images  []LockedImage   `json:"images"`
	Applied []string        `json:"applied"` // IDs of findings
	Open    []LockedFinding `json:"open"`
	Scores  []plan.Score    `json:"scores"`
}

// FileSum is the SHA-256 of a file.
type FileSum struct {
	Path string `json:"path"`
	Sum  string `json:"sha256"`
}

// LockedImage is the image that a service had.
type LockedImage struct {
	Service string `json:"service"`
	ID      string `json:"id"` // sha256:…
}

// LockedFinding is a finding that was not fixed, and why.
type LockedFinding struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

func (e *Engine) lockPath() string { return path.Join(e.options.Folder, "plan.json") }

// lock describes a hardening.
func (s *survey) lock(artifacts []plan.Artifact) (*plan.Artifact, error) {
	l := Lock{
		Schema: LockSchema, Project: s.project.Name, Target: s.request.Target, Main: s.main,
		Inputs: []FileSum{}, Outputs: []FileSum{}, Images: []LockedImage{}, Applied: []string{}, Open: []LockedFinding{},
		Scores: s.plan.Scores,
	}
	made := map[string][]byte{}
	for _, a := range artifacts {
		if a.Secret {
			continue
		}
		made[a.Path] = a.Content
		if a.What != whatSettings {
			l.Outputs = append(l.Outputs, FileSum{a.Path, sum(a.Content)})
		}
	}
	inputs, err := s.inputs(made)
	if err != nil {
		return nil, err
	}
	l.Inputs = inputs
	for _, one := range s.project.Services {
		if one.Facts != nil {
			l.Images = append(l.Images, LockedImage{one.Name, one.Facts.ID})
		}
	}
	for _, d := range s.plan.Decisions {
		id := d.Finding.ID()
		if d.Apply {
			l.Applied = append(l.Applied, id)
		} else {
			l.Open = append(l.Open, LockedFinding{id, d.Reason})
		}
	}
	sortSums(l.Outputs)
	data, err := encodeJSON(l)
	if err != nil {
		return nil, fmt.Errorf("write plan: %w", err)
	}
	return &plan.Artifact{Path: s.engine.lockPath(), Mode: 0o644, Content: data, What: whatLock}, nil
}

// inputs are the sums of what the plan was made from, as it will be when the files
// that are made are written: sources that are edited in place, and batten.yaml.
func (s *survey) inputs(made map[string][]byte) ([]FileSum, error) {
	if err := s.sumUp(); err != nil {
		return nil, err
	}
	var out []FileSum
	for _, one := range s.project.Sources {
		data := one.Data
		if edited, ok := made[one.Name]; ok {
			data = edited
		}
		out = append(out, FileSum{one.Name, sum(data)})
	}
	for _, name := range s.others() {
		if data, ok := made[name]; ok {
			out = append(out, FileSum{name, sum(data)})
		} else if had, ok := s.sums[name]; ok {
			out = append(out, FileSum{name, had})
		}
	}
	sortSums(out)
	return out, nil
}

// others are the files besides the sources that a plan is made from.
func (s *survey) others() []string {
	out := []string{settingsFile}
	for name := range s.facts.Profiles {
		out = append(out, s.engine.recordingPath(name))
	}
	return out
}

// sumUp finds the sums of those files, once.
func (s *survey) sumUp() error {
	if s.sums != nil {
		return nil
	}
	f, err := s.engine.open()
	if err != nil {
		return err
	}
	defer f.Close()
	sums := map[string]string{}
	for _, name := range s.others() {
		data, err := readOptional(f, name, maxArtifact)
		if err != nil {
			return err
		}
		if data != nil {
			sums[name] = sum(data)
		}
	}
	s.sums = sums
	return nil
}

func sortSums(list []FileSum) {
	slices.SortFunc(list, func(a, b FileSum) int { return compareText(a.Path, b.Path) })
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

var errNoLock = errors.New("not a plan of batten")

func decodeLock(data []byte) (*Lock, error) {
	var l Lock
	if err := json.Unmarshal(data, &l); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoLock, err)
	}
	if l.Schema != LockSchema {
		return nil, errNoLock
	}
	return &l, nil
}

// applied are the findings that the committed files fix.
func (l *Lock) applied() map[string]bool {
	out := map[string]bool{}
	if l != nil {
		for _, id := range l.Applied {
			out[id] = true
		}
	}
	return out
}

// readLock reads the plan that is committed, nil when there is none.
func (e *Engine) readLock(f *atomicfile.Folder) (*Lock, error) {
	data, err := readOptional(f, e.lockPath(), maxArtifact)
	if err != nil || data == nil {
		return nil, err
	}
	return decodeLock(data)
}

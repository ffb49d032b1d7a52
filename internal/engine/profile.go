package engine

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"

	"batten/generators/capabilities"
	"batten/generators/seccomp"
	"batten/internal/atomicfile"
	"batten/internal/fault"
	"batten/profiles"
)

// Format is a form in which a profile is shown or exported.
type Format string

const (
	FormatText         Format = "text"         // a summary for people
	FormatJSON         Format = "json"         // batten's own profile
	FormatDocker       Format = "docker"       // seccomp profile of Docker and podman
	FormatKubernetes   Format = "kubernetes"   // seccomp profile and how a pod refers to it
	FormatSPO          Format = "spo"          // object of the security-profiles-operator
	FormatSystemd      Format = "systemd"      // SystemCallFilter= of a unit
	FormatCapabilities Format = "capabilities" // cap_drop and cap_add of a compose file
	FormatAppArmor     Format = "apparmor"     // AppArmor profile
	FormatComplain     Format = "apparmor-complain"
)

// Formats are the values that --format takes.
func Formats() []Format {
	return []Format{FormatText, FormatJSON, FormatDocker, FormatKubernetes, FormatSPO, FormatSystemd, FormatCapabilities, FormatAppArmor, FormatComplain}
}

// ParseFormat reads a format's name.
func ParseFormat(s string) (Format, error) {
	var names []string
	for _, f := range Formats() {
		if string(f) == s {
			return f, nil
		}
		names = append(names, string(f))
	}
	return "", fault.New(fault.Usage, "choose one of "+join(names), "unknown format %q", s)
}

// ShowRequest says which profile to show how.
type ShowRequest struct {
	Name   string // file or service
	Mode   seccomp.Mode
	Format Format
	Exec   bool // also allow what commands executed by hand needed
}

// Shown is a profile in one form.
type Shown struct {
	Profile profiles.Profile
	Summary Summary
	Policy  *seccomp.Result // nil when there is no evidence to make one of
	// Data is the file of the chosen format; nil for FormatText.
	Data []byte
	// Extra is what goes with it, such as how a pod refers to its profile.
	Extra string
}

// Show reads a profile and puts it into a form.
func (e *Engine) Show(req ShowRequest) (*Shown, error) {
	p, err := e.Find(req.Name)
	if err != nil {
		return nil, err
	}
	out := &Shown{Profile: p}
	if req.Format == FormatJSON {
		out.Summary = summarise(p, nil, nil)
		out.Data, err = encodeProfile(p)
		return out, err
	}
	if req.Format == FormatCapabilities {
		out.Summary = summarise(p, nil, nil)
		out.Data, err = capabilitySnippet(p, req.Exec)
		return out, err
	}
	if req.Format == FormatAppArmor || req.Format == FormatComplain {
		out.Summary = summarise(p, nil, nil)
		out.Data, out.Extra, err = appArmorExport(p, req)
		return out, err
	}
	out.Policy, err = e.generate(p, generation{mode: req.Mode, exec: req.Exec})
	if err != nil && req.Format != FormatText {
		return nil, err
	}
	out.Summary = summarise(p, out.Policy, nil)
	switch req.Format {
	case FormatDocker:
		out.Data = out.Policy.JSON
	case FormatKubernetes:
		k, err := seccomp.Kubernetes(out.Policy, p.Service.Name)
		if err != nil {
			return nil, err
		}
		out.Data, out.Extra = k.JSON, string(k.Snippet)
	case FormatSPO:
		out.Data, err = seccomp.SPO(out.Policy, p.Service.Name)
	case FormatSystemd:
		out.Data, err = seccomp.Systemd(out.Policy)
	case FormatText:
		err = nil
	}
	return out, err
}

// MergeProfiles unites profiles of one service, given as files or services.
func (e *Engine) MergeProfiles(names []string, name string) (profiles.Profile, []byte, error) {
	var all []profiles.Profile
	for _, n := range names {
		p, err := e.Find(n)
		if err != nil {
			return profiles.Profile{}, nil, err
		}
		if name != "" {
			p.Service.Name = name
		}
		for i, other := range all {
			if profiles.SameEvidence(p, other) {
				return profiles.Profile{}, nil, fault.New(fault.Usage, "leave one of them out: its runs would count twice",
					"merge %s and %s: they are the same recording", names[i], n)
			}
		}
		all = append(all, p)
	}
	p, err := profiles.Merge(all...)
	if err != nil {
		return p, nil, fault.Wrap(fault.Usage, err, "merge recordings of one service on one architecture; --name gives them one name")
	}
	data, err := encodeProfile(p)
	return p, data, err
}

// DiffSchema is the schema of [DiffResult].
const DiffSchema = "batten/diff/v1"

// DiffResult is a comparison as it is printed.
type DiffResult struct {
	Schema string `json:"schema"`
	profiles.Diff
}

// DiffProfiles compares two profiles, given as files or services. The error is of
// kind Findings when they differ.
func (e *Engine) DiffProfiles(from, to string) (profiles.Diff, error) {
	a, err := e.Find(from)
	if err != nil {
		return profiles.Diff{}, err
	}
	b, err := e.Find(to)
	if err != nil {
		return profiles.Diff{}, err
	}
	return profiles.Compare(a, b), nil
}

// WriteFile writes a result to a file that the user named, anywhere. An existing
// file is replaced only by one of its own kind that batten wrote, or with force.
func (e *Engine) WriteFile(name string, data []byte) error {
	dir, err := atomicfile.Open(filepath.Dir(name))
	if err != nil {
		return fault.Default(fault.Usage, err, "the folder must exist")
	}
	defer dir.Close()
	was := ""
	ours := func(existing []byte) bool {
		was = kindOfFile(existing)
		return e.options.Force || was != "" && was == kindOfFile(data)
	}
	if err := dir.Write(filepath.Base(name), data, atomicfile.Options{Ours: ours}); err != nil {
		if errors.Is(err, atomicfile.ErrForeign) && was != "" {
			return fault.New(fault.Usage, "choose another name, or replace it with --force",
				"write file %s: it is %s, and would become %s", name, was, kindOfFile(data))
		}
		return foreign(err)
	}
	e.emit(Wrote{Path: name})
	return nil
}

// kindOfFile names the kind of a file that batten wrote, "" for those of others
// and for forms that do not tell who wrote them.
func kindOfFile(data []byte) string {
	text := string(data)
	has := func(mark string) bool { return strings.Contains(text, mark) }
	switch _, err := profiles.Decode(bytes.NewReader(data)); {
	case err == nil:
		return "a recording or profile of batten"
	case has("kind: SeccompProfile") && has(seccompMark):
		return "a SeccompProfile object"
	case has(appArmorMark):
		return "an AppArmor profile"
	case has(seccompMark):
		return "a seccomp profile"
	}
	return ""
}

func capabilitySnippet(p profiles.Profile, exec bool) ([]byte, error) {
	if !summarise(p, nil, nil).SeesCapabilities {
		return nil, fault.New(fault.Usage, "record it with the ebpf backend, as root",
			"list capabilities of %s: the recording did not see capability checks", p.Service.Name)
	}
	return capabilities.Generate(p, capabilities.Options{IncludeExec: exec}).Compose(), nil
}

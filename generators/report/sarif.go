package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"batten/plan"
)

// SarifInput is what the results are about.
type SarifInput struct {
	Plan    *plan.Plan
	Rules   []plan.Rule
	Version string // of batten
	// Base is the project's folder as seen from the root of the repository, with
	// slashes; "" when they are the same. Names of files are relative to the project's
	// folder.
	Base string
	// Main is the file in which findings without a place are shown.
	Main  string
	Files []SarifFile // that the plan changes
	// Fixed are the IDs of findings that hardened files fix which stand beside the
	// user's and are as batten would write them. They are left out of the results,
	// which closes them where the log is read; skips stay, with their suppressions.
	Fixed map[string]bool
	// Mask takes values of secrets out of text; nil when there are none.
	Mask func(string) string
}

// SarifFile is a file of the user's before and after the plan; why is of the text
// after.
type SarifFile struct {
	Name          string
	Before, After []byte
	Why           []plan.LineReason
}

// sarifSchema is where the form of the log is published.
const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// root names the folder that paths of the log are relative to.
const root = "%SRCROOT%"

// SARIF is the findings of a plan as a log in the Static Analysis Results
// Interchange Format 2.1.0: rules, results with places, the user's skips as
// suppressions, and the edits of applied decisions as fixes. What a fix takes away is
// given by its place alone, never as text.
func SARIF(in SarifInput) ([]byte, error) {
	if in.Mask == nil {
		in.Mask = func(s string) string { return s }
	}
	index := map[string]int{}
	rules := make([]sarifRule, len(in.Rules))
	for i, r := range in.Rules {
		index[r.ID] = i
		rules[i] = describeRule(r)
	}
	fixes := fixesOf(in)
	results := []sarifResult{}
	for _, d := range in.Plan.Decisions {
		if in.Fixed[d.Finding.ID()] && !skipped(d) {
			continue
		}
		results = append(results, in.result(d, index, fixes))
	}
	log := sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{{
		Tool: sarifTool{Driver: sarifDriver{
			Name: "batten", SemanticVersion: semantic(in.Version), Version: in.Version, Rules: rules,
		}},
		AutomationDetails: sarifAutomation{ID: "batten/" + url.PathEscape(in.Plan.Project) + "/"},
		Invocations:       []sarifInvocation{{ExecutionSuccessful: true}},
		BaseIDs:           map[string]sarifBase{root: {Description: sarifMessage{Text: "the root of the repository"}}},
		ColumnKind:        "unicodeCodePoints",
		Results:           results,
	}}}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(log); err != nil {
		return nil, fmt.Errorf("encode SARIF: %w", err)
	}
	return b.Bytes(), nil
}

// file is where a file is, for the log.
func (in SarifInput) file(name string) sarifArtifact {
	if filepath.IsAbs(name) {
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: filepath.ToSlash(name)}).String()}
	}
	full := filepath.ToSlash(filepath.Join(in.Base, name))
	return sarifArtifact{URI: (&url.URL{Path: full}).String(), BaseID: root}
}

// semantic is a version when it is one in the sense of semver, else "".
func semantic(version string) string {
	v := strings.TrimPrefix(version, "v")
	parts := strings.SplitN(v, ".", 3)
	if len(parts) != 3 || strings.ContainsFunc(parts[0]+parts[1], func(r rune) bool { return r < '0' || r > '9' }) {
		return ""
	}
	return v
}

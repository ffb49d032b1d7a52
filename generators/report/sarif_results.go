package report

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"batten/plan"
)

func (in SarifInput) result(d plan.Decision, index map[string]int, fixes map[string]sarifFix) sarifResult {
	f := d.Finding
	r := sarifResult{
		RuleID: f.Rule, Level: level(f.Severity), Message: sarifMessage{Text: in.message(about(f))},
		Locations:           in.locations(f.At[:min(1, len(f.At))]),
		PartialFingerprints: fingerprints(f),
		Properties: sarifResultProperties{
			Finding: in.plain(f.ID()), Service: in.plain(f.Service), Applied: d.Apply, Reason: in.plain(d.Reason), Points: d.Points,
		},
	}
	if i, ok := index[f.Rule]; ok {
		r.RuleIndex = &i
	}
	if len(r.Locations) == 0 {
		r.Locations = []sarifLocation{{Physical: sarifPhysical{in.file(in.Main), sarifRegion{StartLine: 1}}}}
	}
	if len(f.At) > 1 {
		r.RelatedLocations = in.locations(f.At[1:])
		for i := range r.RelatedLocations {
			id := i + 1
			r.RelatedLocations[i].ID = &id
		}
	}
	if skipped(d) {
		r.Suppressions = []sarifSuppression{{Kind: "external", Status: "accepted", Justification: in.plain(d.Reason)}}
	}
	if f.Fix != nil {
		r.Properties.Measure = f.Fix.Measure
	}
	if fix, ok := fixes[f.ID()]; ok && d.Apply {
		if f.Fix != nil {
			fix.Description.Text = in.message(f.Fix.Summary) + fix.Description.Text
		}
		r.Fixes = []sarifFix{fix}
	}
	return r
}

// about is a finding's message where the service is not known from around it.
func about(f plan.Finding) string {
	if f.Service == "" {
		return f.Message
	}
	return f.Service + ": " + f.Message
}

func (in SarifInput) locations(at []plan.Position) []sarifLocation {
	var out []sarifLocation
	for _, p := range at {
		if p.File == "" {
			continue
		}
		out = append(out, sarifLocation{Physical: sarifPhysical{in.file(p.File), sarifRegion{StartLine: max(1, p.Line), StartColumn: max(0, p.Column)}}})
	}
	return out
}

// fingerprints tell a finding again in the next run, wherever its lines have moved.
// The second is the one by which GitHub does.
func fingerprints(f plan.Finding) map[string]string {
	sum := sha256.Sum256([]byte(f.Rule + "\x00" + f.Service + "\x00" + f.Key))
	hash := hex.EncodeToString(sum[:16])
	return map[string]string{"battenFinding/v1": hash, "primaryLocationLineHash": hash + ":1"}
}

// plain is text of others in a property.
func (in SarifInput) plain(s string) string { return printable(in.Mask(s)) }

// placeholder is what a message would fill in.
var placeholder = regexp.MustCompile(`\{([0-9]+)\}`)

// message is text of others as a message: no placeholder, no link.
func (in SarifInput) message(s string) string {
	s = placeholder.ReplaceAllString(in.plain(s), "{{$1}}")
	return strings.ReplaceAll(s, "](", `\](`)
}

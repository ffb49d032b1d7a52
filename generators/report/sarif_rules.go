package report

import (
	"strings"
	"unicode"

	"batten/plan"
)

// levels and scores of severities. A score is what GitHub sorts security results
// by: above 9 is critical, from 7 high, from 4 medium.
var (
	sarifLevels = map[plan.Severity]string{
		plan.Critical: "error", plan.High: "error", plan.Medium: "warning", plan.Low: "note", plan.Info: "note",
	}
	sarifScores = map[plan.Severity]string{
		plan.Critical: "9.5", plan.High: "8.0", plan.Medium: "5.5", plan.Low: "3.0", plan.Info: "1.0",
	}
)

func level(s plan.Severity) string {
	if l := sarifLevels[s]; l != "" {
		return l
	}
	return "warning"
}

func describeRule(r plan.Rule) sarifRule {
	score := sarifScores[r.Severity]
	if score == "" {
		score = sarifScores[plan.Medium]
	}
	tags := []string{"security", "containers"}
	for _, t := range []string{r.Topic, string(r.Class)} {
		if t != "" {
			tags = union(tags, []string{t})
		}
	}
	for _, s := range r.Sources {
		if s.Name == plan.CIS && s.Item != "" {
			tags = union(tags, []string{"cis-docker-1.6.0:" + s.Item})
		}
	}
	return sarifRule{
		ID: r.ID, Name: camel(r.Title),
		ShortDescription: sarifMessage{Text: sentence(r.Title)},
		FullDescription:  sarifMessage{Text: oneLine(r.Why)},
		Help:             sarifMessage{Text: helpText(r), Markdown: helpMarkdown(r)},
		Default:          sarifConfiguration{Level: level(r.Severity)},
		Properties:       sarifRuleProperties{Tags: tags, Precision: "high", SecuritySeverity: score},
	}
}

func helpText(r plan.Rule) string {
	parts := []string{oneLine(r.Why), "Fix: " + oneLine(r.Fix)}
	if r.Breaks != "" {
		parts = append(parts, "What can break: "+oneLine(r.Breaks))
	}
	parts = append(parts, "From: "+sources(r)+".", "More: batten explain "+r.ID)
	return strings.Join(parts, "\n\n")
}

func helpMarkdown(r plan.Rule) string {
	parts := []string{"**" + sentence(r.Title) + "**", oneLine(r.Why), "**Fix.** " + oneLine(r.Fix)}
	if r.Breaks != "" {
		parts = append(parts, "**What can break.** "+oneLine(r.Breaks))
	}
	parts = append(parts, "From: "+sources(r)+".", "`batten explain "+r.ID+"` says more; `batten harden --skip "+r.ID+"=REASON` leaves it out.")
	return strings.Join(parts, "\n\n")
}

// sentence ends with a period, as descriptions have to.
func sentence(s string) string { return strings.TrimSuffix(oneLine(s), ".") + "." }

// camel is a title as an identifier: NoCapabilityThatIsNotNeeded.
func camel(title string) string {
	var b strings.Builder
	up := true
	for _, r := range title {
		switch {
		case r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r):
			up = true
		case up:
			b.WriteRune(unicode.ToUpper(r))
			up = false
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

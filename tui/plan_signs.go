package tui

import "batten/plan"

// severitySigns go before the word: the eye finds the sign, the word tells it.
var severitySigns = map[plan.Severity]string{plan.Critical: "◆", plan.High: "▲", plan.Medium: "●", plan.Low: "○", plan.Info: "·"}

var severityRoles = map[plan.Severity]role{plan.Critical: danger, plan.High: warning, plan.Medium: accent, plan.Low: normal, plan.Info: muted}

// worstFirst are the severities in the order of their weight.
var worstFirst = []plan.Severity{plan.Critical, plan.High, plan.Medium, plan.Low, plan.Info}

func severityRole(s plan.Severity) role { return severityRoles[s] }

func severityText(s plan.Severity) string { return severitySigns[s] + " " + string(s) }

// standing is how a decision stands.
type standing uint8

const (
	standApplied standing = iota
	standLeft
	standBlocked
	standAdvice
)

// mark is a standing in a sign and a word.
type mark struct {
	role role
	sign string // three cells
	word string
}

var marks = [...]mark{
	standApplied: {good, "[x]", "applied"},
	standLeft:    {normal, "[ ]", "left as it is"},
	standBlocked: {warning, "[-]", "blocked"},
	standAdvice:  {muted, " · ", "advice"},
}

// stands tells how a decision stands. Until a new plan is there, what the user just
// decided counts; then the plan does, which may have refused it.
func stands(d *plan.Decision, own plan.Setting, has, planning bool) standing {
	apply := d.Apply
	if has && planning && own.Apply != nil {
		apply = *own.Apply
	}
	switch fix := d.Finding.Fix; {
	case fix == nil:
		return standAdvice
	case fix.Blocked != "":
		return standBlocked
	case apply:
		return standApplied
	}
	return standLeft
}

// markOf is how one decision is marked now.
func (m *model) markOf(d plan.Decision) mark {
	own, has := m.decisions.of(d.Finding)
	return marks[stands(&d, own, has, m.planning > 0)]
}

// bySentences say the same in a sentence.
var bySentences = map[plan.By]string{plan.ByUser: "decided by you", plan.BySettings: "decided in batten.yaml", plan.ByDefault: "as batten proposes"}

// byWords say who decided.
var byWords = map[plan.By]string{plan.ByUser: "you", plan.BySettings: "batten.yaml", plan.ByDefault: "default"}

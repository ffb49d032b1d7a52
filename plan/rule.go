// Package plan decides what to change: rules look at what is there and what was
// recorded and give findings, each finding gets a decision, and the findings with
// their decisions are the plan.
//
// Invariants. Pure: no file, no clock, no environment; the same facts and settings
// give the same plan to the byte. A value that can break a service is never
// guessed: a fix whose value nobody measured is blocked, and says what would
// measure it. Values of secrets are in [Sensitive] alone, which prints as
// "redacted" in every form.
package plan

// Rule is one named hardening rule.
type Rule struct {
	ID       string // "B004", stable
	Title    string // one line, no period: "Capabilities that are not needed are dropped"
	Topic    string // file of the manual that it stands in: "privileges", "network" …
	Severity Severity
	Class    Class
	// Needs are the facts without which the rule finds nothing; it sharpens with
	// others. Empty: the compose file is enough.
	Needs   []Need
	Sources []Source

	Why    string // what an attacker gains while the rule is not met; a few sentences
	Fix    string // what batten changes, and where its values come from
	Breaks string // what the change can break, and how that shows; "" when nothing

	// Detect finds where the rule is not met. It reads the draft and changes
	// nothing. Findings need not be sorted.
	Detect func(d *Draft) []Finding
}

// Severity is how much it matters that a rule is not met.
type Severity string

const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

// severities in ascending order.
var severities = []Severity{Info, Low, Medium, High, Critical}

// AtLeast tells whether s is as severe as other, or more.
func (s Severity) AtLeast(other Severity) bool { return s.rank() >= other.rank() }

func (s Severity) rank() int {
	for i, one := range severities {
		if one == s {
			return i
		}
	}
	return -1
}

// Class says what sort of fix a rule has.
type Class string

const (
	Certain  Class = "certain"  // one unambiguous edit
	Measured Class = "measured" // needs a value that was measured
	Choice   Class = "choice"   // changes behaviour: the user's to choose
	Advice   Class = "advice"   // reported and explained, not changed
)

// Need is a sort of fact.
type Need string

const (
	NeedCompose Need = "compose"
	NeedInspect Need = "inspect"
	NeedImage   Need = "image"
	NeedDaemon  Need = "daemon"
	NeedHost    Need = "host"
	NeedTrace   Need = "trace"
)

// Source is where a rule comes from.
type Source struct {
	Name string `json:"name"` // "CIS Docker Benchmark 1.6.0", "OWASP Docker Security Cheat Sheet", a guide's title
	Item string `json:"item"` // "5.4", "RULE #3", "tip 34"; may be ""
}

// The sources that rules name.
const (
	CIS           = "CIS Docker Benchmark 1.6.0"
	OWASP         = "OWASP Docker Security Cheat Sheet"
	GuideSecuring = "Securing Docker"                                                         // exam notes
	GuideField    = "A Field Guide to Docker Security Measures"                               //
	GuideTips     = "How Do You Secure a Docker Container, a Docker Host, and Their Network?" // 51 numbered tips
	GuideCourse   = "Docker Security Fundamentals"                                            // a course
	ComposeSpec   = "Compose Specification"
	DockerDocs    = "Docker documentation"
)

package plan

// Decision is what is done about a finding.
type Decision struct {
	Finding Finding `json:"finding"`
	Apply   bool    `json:"apply"`
	// By tells who decided: "default", "batten.yaml" or "user".
	By By `json:"by"`
	// Reason is why it is not applied, or, of the user's decisions, why it is.
	Reason string `json:"reason,omitempty"`
	// Points is how much the service's score gains when it is applied.
	Points int `json:"points"`
}

// By tells who decided.
type By string

const (
	ByDefault  By = "default"
	BySettings By = "batten.yaml"
	ByUser     By = "user"
)

// Plan is all findings of a project with their decisions, sorted by service, rule
// and key; those of the project itself come first.
type Plan struct {
	Schema    string     `json:"schema"`
	Project   string     `json:"project"`
	Target    Target     `json:"target"`
	Decisions []Decision `json:"decisions"`
	Scores    []Score    `json:"scores"`            // by service, sorted
	Edges     []Edge     `json:"edges"`             // who talks to whom
	Unknown   []string   `json:"unknown,omitempty"` // settings that name nothing
}

// Schema names the JSON form of [Plan].
const Schema = "batten/plan/v1"

// Applied returns the decisions that are applied, in order.
func (p *Plan) Applied() []Decision {
	var out []Decision
	for _, d := range p.Decisions {
		if d.Apply {
			out = append(out, d)
		}
	}
	return out
}

// Edge is one way in which a service reaches another, or the outside.
type Edge struct {
	From     string `json:"from"`               // service, or "internet" for what is published
	To       string `json:"to"`                 // service, "internet" or "host"
	Port     int    `json:"port,omitempty"`     // 0 when not known
	Protocol string `json:"protocol,omitempty"` // "tcp", "udp"
	// Observed is true when a recording saw it.
	Observed bool       `json:"observed"`
	Evidence []Evidence `json:"evidence"`
}

// Score is how little an attacker inside a service could reach: 100 is nothing
// beyond what the service itself does.
type Score struct {
	Service string      `json:"service"`
	Before  int         `json:"before"`
	After   int         `json:"after"`
	Parts   []ScorePart `json:"parts"`
}

// ScorePart is one summand.
type ScorePart struct {
	Name   string `json:"name"`
	Max    int    `json:"max"`
	Before int    `json:"before"`
	After  int    `json:"after"`
}

// Applies tells whether a rule's fix is applied to a service.
func (p *Plan) Applies(rule, service string) bool {
	for _, d := range p.Decisions {
		if d.Apply && d.Finding.Rule == rule && d.Finding.Service == service {
			return true
		}
	}
	return false
}

package plan

import (
	"batten/project"
)

// Finding is one place where a rule is not met.
type Finding struct {
	Rule    string `json:"rule"`
	Service string `json:"service,omitempty"` // "" for the project
	// Key tells findings of one rule in one service apart, and is stable between
	// runs: "8080:80/tcp", "POSTGRES_PASSWORD". Never a secret's value.
	Key      string     `json:"key,omitempty"`
	Severity Severity   `json:"severity"` // "" takes the rule's
	Message  string     `json:"message"`  // one line: what is the case
	At       []Position `json:"at,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
	// Fix is what can be done; nil when a person has to.
	Fix *Fix `json:"fix,omitempty"`
}

// ID names a finding: RULE, RULE/SERVICE or RULE/SERVICE/KEY.
func (f Finding) ID() string { return ID(f.Rule, f.Service, f.Key) }

// ID makes the name of a finding.
func ID(rule, service, key string) string {
	id := rule
	if service != "" || key != "" {
		id += "/" + service
	}
	if key != "" {
		id += "/" + key
	}
	return id
}

// Position is a place in a source of the project.
type Position struct {
	File   string `json:"file"` // as [project.Source] names it
	Line   int    `json:"line"` // 1-based
	Column int    `json:"column"`
}

// Evidence is one fact that a finding or a value rests on.
type Evidence struct {
	// From tells where the fact comes from: "compose file", "recording", "image",
	// "image facts", "engine".
	From string `json:"from"`
	Text string `json:"text"` // one line; may hold hostile text, never a secret
}

// Where facts come from.
const (
	FromCompose   = "compose file"
	FromRecording = "recording"
	FromImage     = "image"
	FromFacts     = "image facts"
	FromEngine    = "engine"
	FromSettings  = "batten.yaml"
)

// Fix is what a rule proposes for a finding.
type Fix struct {
	Summary string `json:"summary"` // one line, imperative: "bind 8080 to 127.0.0.1"
	// Value is the value that the fix sets, as the user could write it in
	// batten.yaml; "" when there is nothing to choose. Options are others that make
	// sense.
	Value   string   `json:"value,omitempty"`
	Options []string `json:"options,omitempty"`
	// Off leaves the fix out unless the user applies it: it changes what the service
	// offers, and only the user knows whether that is wanted.
	Off bool `json:"off,omitempty"`
	// Blocked says why the fix cannot be applied, whatever the user wants: a value
	// that nobody measured, an image that cannot take it. Measure is the command that
	// would find out, "" when none would.
	Blocked string   `json:"blocked,omitempty"`
	Measure string   `json:"measure,omitempty"`
	Risk    string   `json:"risk,omitempty"` // what this change may break here, one line
	Changes []Change `json:"changes,omitempty"`
	Files   []File   `json:"files,omitempty"` // that the changes refer to
	// Notes are what the user has to do or know beside it, one line each: "rotate the
	// password", "chown the volume".
	Notes []string `json:"notes,omitempty"`
}

// File is a file beside the compose file that a fix needs, such as a secret.
type File struct {
	Path    string    `json:"path"`          // relative to the project's folder, inside batten's folder
	Mode    uint32    `json:"mode"`          // permission bits
	UID     *int      `json:"uid,omitempty"` // owner; nil leaves the folder's owner
	Content Sensitive `json:"content"`
}

// Sensitive is text that no output may show. Only [Sensitive.Reveal] gives it.
type Sensitive struct{ value string }

// NewSensitive wraps a value.
func NewSensitive(value string) Sensitive { return Sensitive{value} }

// Reveal is the value, for writing it to the file it is meant for.
func (s Sensitive) Reveal() string { return s.value }

// String, GoString and MarshalJSON keep the value out of everything printed.
func (s Sensitive) String() string { return "redacted" }

// GoString is for %#v.
func (s Sensitive) GoString() string { return "redacted" }

// MarshalJSON is for JSON.
func (s Sensitive) MarshalJSON() ([]byte, error) { return []byte(`"redacted"`), nil }

// PositionOf is where a written value stands.
func PositionOf(p *project.Project, w project.Written) Position {
	if w.File < 0 || w.File >= len(p.Sources) {
		return Position{}
	}
	return Position{File: p.Sources[w.File].Name, Line: w.Line, Column: w.Column}
}

package secrets

import (
	"batten/project"
)

// Place is the sort of place that a credential stands in.
type Place string

const (
	Environment Place = "environment"
	BuildArg    Place = "build argument"
	Label       Place = "label"
	Command     Place = "command"
	Entrypoint  Place = "entrypoint"
	HealthCheck Place = "health check"
	Config      Place = "config"
	Other       Place = "setting"
)

// Scalar is one written value that holds credentials.
type Scalar struct {
	Written project.Written
	// Text is the value of a KEY=VALUE item alone; Prefix is what stands before it.
	Text, Prefix string
	Spans        []Span
}

// Unit is what is moved together: all that one variable, label or command of a
// service holds, in every file that writes it.
type Unit struct {
	Service string // "" for what no single service has
	Place   Place
	Key     string // of its finding
	// Variable is the name of an environment variable, label or build argument.
	Variable string
	Scalars  []Scalar // in the order in which files are merged
	// Shared is true when other places have it through an anchor, or another file
	// extends it: only the text can be changed, where it stands.
	Shared bool
	// Prose is true of a sentence for people, which nothing reads.
	Prose bool
	// Reference is true of a variable that names its credential without holding it.
	Reference bool
}

// last is the scalar that counts.
func (u *Unit) last() *Scalar { return &u.Scalars[len(u.Scalars)-1] }

// Default tells that all credentials of the unit are defaults of interpolation.
func (u *Unit) Default() bool {
	for _, s := range u.Scalars {
		for _, span := range s.Spans {
			if span.Variable == "" {
				return false
			}
		}
	}
	return !u.Reference
}

// Whole tells that the value that counts is one credential and nothing else.
func (u *Unit) Whole() bool {
	s := u.last()
	return len(s.Spans) == 1 && s.Spans[0].Start == 0 && s.Spans[0].End == len(s.Text)
}

// Spans are all credentials of the unit.
func (u *Unit) Spans() []Span {
	var out []Span
	for _, sc := range u.Scalars {
		out = append(out, sc.Spans...)
	}
	return out
}

// Package dialect knows what each reader of compose files accepts of version 3.8,
// and what it ignores.
//
// Invariants. The tables hold what was measured with the readers themselves, and a
// test asks those that are installed again. Nothing is read or run. Text of the
// file is in paths alone: no value is quoted.
package dialect

import (
	"slices"

	"batten/project"
)

// Reader is a program, or a version of one, that reads compose files.
type Reader string

// The readers, in the order in which they are told.
const (
	Strict Reader = "schema"         // the JSON schema of version 3.8
	V1     Reader = "docker-compose" // docker-compose 1.29
	Stack  Reader = "docker stack"
	V2     Reader = "docker compose" // Compose v2 and later
)

// Readers are all readers, in order.
func Readers() []Reader { return []Reader{Strict, V1, Stack, V2} }

// Problem is one place of a file that some readers refuse or ignore.
type Problem struct {
	Path         project.Path // from the top of the file
	Line, Column int          // of the key, or of the list item, 1-based
	// Readers are those that refuse the file because of it, or ignore the place.
	Readers []Reader
	Why     string // one line, of batten's own words
	// Translation is how the same is said so that all readers accept it; "" when
	// there is no way.
	Translation string
}

// Accepts tells whether a reader refuses none of these.
func Accepts(problems []Problem, reader Reader) bool {
	return !slices.ContainsFunc(problems, func(p Problem) bool { return slices.Contains(p.Readers, reader) })
}

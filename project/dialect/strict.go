package dialect

import (
	"errors"

	"github.com/docker/cli/cli/compose/schema"

	"batten/project"
)

// version is that of the schema.
const version = "3.8"

// ErrStrict means that a file does not keep to the schema of 3.8.
var ErrStrict = errors.New("not accepted by the schema of 3.8")

// ValidateStrict checks a file against the schema itself. The tree is what the file
// decodes to: mappings are map[string]any. Variables have to be filled in where the
// schema wants numbers. The tree is not changed.
//
// The error names the place and the kind of mistake, and no value.
func ValidateStrict(tree map[string]any) error {
	if tree["version"] == nil {
		return &strictError{"version is missing"}
	}
	if err := schema.Validate(tree, version); err != nil {
		return &strictError{project.Printable(err.Error())}
	}
	return nil
}

type strictError struct{ text string }

func (e *strictError) Error() string { return ErrStrict.Error() + ": " + e.text }
func (e *strictError) Unwrap() error { return ErrStrict }

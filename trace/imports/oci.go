package imports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"batten/profiles"
)

// maxDocument bounds a file that has to be held as a whole.
const maxDocument = 16 << 20

// OCIHook reads a seccomp profile in the JSON of Docker and podman, as the OCI
// hook for seccomp writes it: each call that it allows was needed. Conditions on
// arguments are not taken over; rules that depend on a capability are left out.
// Fields that an import does not need are ignored. What the service is called has
// to be set by the caller.
func OCIHook(r io.Reader) (profiles.Recording, error) {
	data, err := readDocument(r)
	if err != nil {
		return profiles.Recording{}, fmt.Errorf("read seccomp profile: %w", err)
	}
	var f filter
	if err := decodeJSON(data, &f); err != nil {
		return profiles.Recording{}, fmt.Errorf("read seccomp profile: %w", err)
	}
	if f.DefaultAction == "" {
		return profiles.Recording{}, fmt.Errorf("read seccomp profile: %w: no defaultAction", ErrFormat)
	}
	rec, err := recordingOf(f, "import/oci-seccomp", "")
	if err != nil {
		return profiles.Recording{}, fmt.Errorf("read seccomp profile: %w", err)
	}
	return rec, nil
}

func readDocument(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxDocument {
		return nil, fmt.Errorf("%w: more than %d MiB", ErrTooLarge, maxDocument>>20)
	}
	return data, nil
}

// decodeJSON decodes one document, and gives an error its line.
func decodeJSON(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%w: line %d: %s", ErrFormat, lineAt(data, syntax.Offset), syntax)
	case errors.As(err, &typed):
		return fmt.Errorf("%w: line %d: %s cannot be %s", ErrFormat, lineAt(data, typed.Offset), typed.Field, typed.Value)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return nil
}

func lineAt(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:max(0, min(offset, int64(len(data))))], []byte{'\n'})
}

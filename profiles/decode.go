package profiles

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// DecodeRecording reads what [Recording.Encode] wrote. A file of another schema
// gives an error that wraps [ErrSchema], one that is damaged or out of bounds
// [ErrMalformed] with the place in it. Nothing of a refused file is returned.
func DecodeRecording(r io.Reader) (Recording, error) {
	data, err := readAll(r)
	if err != nil {
		return Recording{}, fmt.Errorf("decode recording: %w", err)
	}
	var out Recording
	if err := decode(data, RecordingSchema, &out); err != nil {
		return Recording{}, fmt.Errorf("decode recording: %w", err)
	}
	if err := out.validate(); err != nil {
		return Recording{}, fmt.Errorf("decode recording: %w", err)
	}
	out.Evidence.Sort()
	return out, nil
}

// DecodeProfile reads what [Profile.Encode] wrote; errors as [DecodeRecording].
func DecodeProfile(r io.Reader) (Profile, error) {
	data, err := readAll(r)
	if err != nil {
		return Profile{}, fmt.Errorf("decode profile: %w", err)
	}
	return decodeProfile(data)
}

// Decode reads a recording or a profile and returns a profile.
func Decode(r io.Reader) (Profile, error) {
	data, err := readAll(r)
	if err != nil {
		return Profile{}, fmt.Errorf("decode profile: %w", err)
	}
	if schema, err := schemaOf(data); err == nil && schema == RecordingSchema {
		rec, err := DecodeRecording(bytes.NewReader(data))
		if err != nil {
			return Profile{}, err
		}
		return rec.Profile(), nil
	}
	return decodeProfile(data)
}

func decodeProfile(data []byte) (Profile, error) {
	var out Profile
	if err := decode(data, ProfileSchema, &out); err != nil {
		return Profile{}, fmt.Errorf("decode profile: %w", err)
	}
	if err := out.validate(); err != nil {
		return Profile{}, fmt.Errorf("decode profile: %w", err)
	}
	out.Sort()
	return out, nil
}

func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxFileBytes {
		return nil, fmt.Errorf("%w: larger than %d MiB", ErrMalformed, MaxFileBytes>>20)
	}
	return data, nil
}

// decode checks the shape before it fills v, so that a small hostile file cannot
// ask for much memory.
func decode(data []byte, schema string, v any) error {
	got, err := schemaOf(data)
	if err != nil {
		return err
	}
	if err := checkSchema(got, schema); err != nil {
		return err
	}
	if err := checkShape(data, fieldNames(reflect.TypeOf(v).Elem())); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return jsonError(data, err)
	}
	return nil
}

// schemaOf returns the schema of a JSON document, after a check that all of it is
// JSON.
func schemaOf(data []byte) (string, error) {
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return "", jsonError(data, err)
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return "", fmt.Errorf("%w: no schema at the top", ErrSchema)
	}
	return head.Schema, nil
}

func checkSchema(got, want string) error {
	if got == want {
		return nil
	}
	kind := strings.TrimSuffix(want, "v1")
	switch {
	case got == "":
		return fmt.Errorf("%w: no schema at the top", ErrSchema)
	case strings.HasPrefix(got, kind):
		return fmt.Errorf("%w: %s is newer than this batten reads (%s)", ErrSchema, quote(got), want)
	}
	return fmt.Errorf("%w: the file is %s, not %s", ErrSchema, quote(got), want)
}

// jsonError gives an error of encoding/json its place in the file.
func jsonError(data []byte, err error) error {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%w: %s: %s", ErrMalformed, place(data, syntax.Offset), syntax)
	case errors.As(err, &typed):
		return fmt.Errorf("%w: %s: %s cannot be %s", ErrMalformed, place(data, typed.Offset), typed.Field, typed.Value)
	}
	return fmt.Errorf("%w: %s", ErrMalformed, strings.TrimPrefix(err.Error(), "json: "))
}

// place turns an offset into a line for people, counted from 1.
func place(data []byte, offset int64) string {
	offset = max(0, min(offset, int64(len(data))))
	line := 1 + bytes.Count(data[:offset], []byte{'\n'})
	return fmt.Sprintf("line %d (byte %d)", line, offset)
}

package seccomp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Bounds of what [Parse] accepts. Docker's own default has some 450 names in 40
// rules and 20 kB.
const (
	maxPolicyBytes = 1 << 20
	maxRules       = 2048
	maxNames       = 1024 // of one rule
	maxArgs        = 64   // of one rule
	maxList        = 128  // capabilities, architectures, flags
	maxComment     = 4096
	maxComparisons = 1 << 14 // of all rules, for each of their names
)

var (
	callName = regexp.MustCompile(`^[a-zA-Z0-9_]{1,64}$`)
	wordName = regexp.MustCompile(`^[A-Za-z0-9_]{1,64}$`)
)

// policyFile is the file as dockerd reads it.
type policyFile struct {
	Policy
	Syscalls []ruleFile `json:"syscalls"`
}

// ruleFile adds the older spelling of one name.
type ruleFile struct {
	Rule
	Name *string `json:"name"`
}

// Parse reads a policy in Docker's JSON format, at most 1 MiB. It is stricter
// than dockerd: fields that nobody reads, empty names and a policy that allows
// nothing are refused, because each of them is a mistake that would only show
// when the container does not start. Errors wrap [ErrInvalid] and say line or field.
func Parse(data []byte) (*Policy, error) {
	if len(data) > maxPolicyBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are read", ErrInvalid, len(data), maxPolicyBytes)
	}
	var f policyFile
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("%w: line %d: %s", ErrInvalid, errorLine(data, d, err), shortError(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: line %d: text after the end of the policy", ErrInvalid, lineAt(data, d.InputOffset()))
	}
	p := f.Policy
	if len(f.Syscalls) > maxRules {
		return nil, fmt.Errorf("%w: syscalls: more than %d rules", ErrInvalid, maxRules)
	}
	p.Syscalls = make([]Rule, 0, len(f.Syscalls))
	for i, r := range f.Syscalls {
		if r.Name != nil && *r.Name != "" {
			if len(r.Names) > 0 {
				return nil, fmt.Errorf("%w: syscalls[%d]: both name and names", ErrInvalid, i)
			}
			r.Names = []string{*r.Name}
		}
		p.Syscalls = append(p.Syscalls, r.Rule)
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return p.canonical(), nil
}

func errorLine(data []byte, d *json.Decoder, err error) int {
	var syn *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syn):
		return lineAt(data, syn.Offset)
	case errors.As(err, &typ):
		return lineAt(data, typ.Offset)
	}
	return lineAt(data, d.InputOffset())
}

func lineAt(data []byte, offset int64) int {
	offset = max(0, min(offset, int64(len(data))))
	return 1 + bytes.Count(data[:offset], []byte{'\n'})
}

// shortError keeps a message on one line: it may quote the file.
func shortError(err error) string {
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		field := strings.NewReplacer("Policy.", "", "Rule.", "").Replace(typ.Field)
		return fmt.Sprintf("%.80q: %s where %s is wanted", field, typ.Value, typ.Type.Kind())
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "unexpected end"
	}
	s := fmt.Sprintf("%+q", err.Error())
	return s[1:min(len(s)-1, 160)]
}

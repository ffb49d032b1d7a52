package imports

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"

	"batten/profiles"
)

// object is a SeccompProfile of the security-profiles-operator.
type object struct {
	APIVersion string `json:"apiVersion" yaml:"apiVersion"`
	Kind       string `json:"kind" yaml:"kind"`
	Metadata   struct {
		Name string `json:"name" yaml:"name"`
	} `json:"metadata" yaml:"metadata"`
	Spec filter `json:"spec" yaml:"spec"`
}

const spoGroup = "security-profiles-operator.x-k8s.io/"

// SPO reads one SeccompProfile object of the security-profiles-operator, YAML or
// JSON: each call that it allows was needed. The service gets the object's name.
// A profile that builds on another one is marked partial. Fields that an import
// does not need are ignored.
func SPO(r io.Reader) (profiles.Recording, error) {
	rec, err := readSPO(r)
	if err != nil {
		return profiles.Recording{}, fmt.Errorf("read SeccompProfile: %w", err)
	}
	return rec, nil
}

func readSPO(r io.Reader) (profiles.Recording, error) {
	data, err := readDocument(r)
	if err != nil {
		return profiles.Recording{}, err
	}
	var o object
	if trimmed := bytes.TrimSpace(data); len(trimmed) > 0 && trimmed[0] == '{' {
		err = decodeJSON(data, &o)
	} else {
		err = decodeYAML(data, &o)
	}
	if err != nil {
		return profiles.Recording{}, err
	}
	if o.Kind != "SeccompProfile" || !strings.HasPrefix(o.APIVersion, spoGroup) {
		return profiles.Recording{}, fmt.Errorf("%w: it is a %q of %q", ErrFormat, short(o.Kind), short(o.APIVersion))
	}
	name := o.Metadata.Name
	if len(name) > 253 { // the longest name of an object in Kubernetes
		return profiles.Recording{}, fmt.Errorf("%w: its name is longer than 253 bytes", ErrFormat)
	}
	return recordingOf(o.Spec, "import/spo", name)
}

// decodeYAML decodes the only document of a file.
func decodeYAML(data []byte, v any) error {
	d := yaml.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(v); err != nil {
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("%w: it is empty", ErrFormat)
		}
		return fmt.Errorf("%w: %s", ErrFormat, oneLine(err.Error()))
	}
	var next yaml.Node
	if err := d.Decode(&next); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: more than one document in it", ErrFormat)
	}
	return nil
}

// oneLine makes an error of the YAML package fit for one line.
func oneLine(s string) string {
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	return strings.ToValidUTF8(clean[:min(len(clean), 200)], "")
}

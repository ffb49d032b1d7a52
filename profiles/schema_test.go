package profiles

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

func schemaFile(kind string) string {
	return filepath.Join("..", "docs", "schemas", "batten."+kind+".v1.json")
}

func TestEncodedValuesFitThePublishedSchemas(t *testing.T) {
	compile := func(kind string) *jsonschema.Schema {
		s, err := jsonschema.NewCompiler().Compile(schemaFile(kind))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	recordings, profiles := compile("recording"), compile("profile")
	rapid.Check(t, func(t *rapid.T) {
		r := drawRecording(t)
		validate(t, recordings, r)
		p, err := Merge(r.Profile(), r.Profile())
		if err != nil {
			t.Fatal(err)
		}
		validate(t, profiles, p)
	})
}

func validate(t *rapid.T, s *jsonschema.Schema, v interface{ Encode(w ioWriter) error }) {
	var b bytes.Buffer
	if err := v.Encode(&b); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(doc); err != nil {
		t.Fatal(err)
	}
}

func TestEveryFieldStandsInThePublishedSchemas(t *testing.T) {
	for kind, v := range map[string]any{"recording": Recording{}, "profile": Profile{}} {
		data, err := os.ReadFile(schemaFile(kind))
		if err != nil {
			t.Fatal(err)
		}
		var root map[string]any
		if err := json.Unmarshal(data, &root); err != nil {
			t.Fatal(err)
		}
		sameFields(t, root, root, reflect.TypeOf(v), kind)
	}
}

// sameFields compares the fields of a struct with the properties of a schema, in
// both directions, and their optionality.
func sameFields(t *testing.T, root, schema map[string]any, typ reflect.Type, at string) {
	t.Helper()
	if ref, ok := schema["$ref"].(string); ok {
		schema = root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	switch typ.Kind() {
	case reflect.Pointer:
		sameFields(t, root, schema, typ.Elem(), at)
	case reflect.Slice:
		if items, ok := schema["items"].(map[string]any); ok {
			sameFields(t, root, items, typ.Elem(), at+"[]")
		} else {
			t.Errorf("%s: the schema has no items", at)
		}
	case reflect.Struct:
		properties, _ := schema["properties"].(map[string]any)
		if schema["additionalProperties"] != false {
			t.Errorf("%s: the schema allows unknown fields", at)
		}
		fields := map[string]bool{}
		for _, f := range reflect.VisibleFields(typ) {
			if f.Anonymous {
				continue
			}
			name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
			fields[name] = true
			p, ok := properties[name].(map[string]any)
			if !ok {
				t.Errorf("%s.%s is not in the schema", at, name)
				continue
			}
			required := false
			for _, r := range schema["required"].([]any) {
				required = required || r == name
			}
			if required == strings.Contains(opts, "omitempty") {
				t.Errorf("%s.%s: required is %v in the schema", at, name, required)
			}
			sameFields(t, root, p, f.Type, at+"."+name)
		}
		for name := range properties {
			if !fields[name] {
				t.Errorf("%s.%s is in the schema only", at, name)
			}
		}
	}
}

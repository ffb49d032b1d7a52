package engine

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"batten/plan"
	"batten/verify"
)

var update = flag.Bool("update", false, "write docs/schemas anew")

// documents are the JSON results that commands print, by kind. Profiles and
// recordings have schemas of their own.
var documents = map[string]any{
	"trace":        TraceResult{},
	"explanation":  Explanations{},
	"doctor":       Diagnosis{},
	"demo":         DemoResult{},
	"verification": verify.Result{},
	"diff":         DiffResult{},
	"plan":         plan.Plan{},
	"inspect":      Inspection{},
	"check":        CheckResult{},
	"harden":       Hardening{},
	"lock":         Lock{},
}

// TestSchemasArePublished holds docs/schemas against the types: a change of one is
// a change of what scripts read.
func TestSchemasArePublished(t *testing.T) {
	for kind, v := range documents {
		name := filepath.Join("..", "..", "docs", "schemas", "batten."+kind+".v1.json")
		schema := schemaOf(reflect.TypeOf(v))
		schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
		schema["title"] = "batten/" + kind + "/v1"
		schema["properties"].(map[string]any)["schema"] = map[string]any{"const": "batten/" + kind + "/v1"}
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetIndent("", "  ")
		if err := e.Encode(schema); err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(name, want.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(name)
		if err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s is not what the type says (%v); run go test ./internal/engine -run Schemas -update", name, err)
		}
	}
}

// schemaOf describes how encoding/json writes a type.
func schemaOf(t reflect.Type) map[string]any {
	if t == reflect.TypeFor[plan.Sensitive]() {
		return map[string]any{"const": "redacted"}
	}
	switch t.Kind() {
	case reflect.Interface:
		return map[string]any{} // any value
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem())}
	case reflect.Slice:
		items := map[string]any{"type": "array", "items": schemaOf(t.Elem())}
		return map[string]any{"anyOf": []any{items, map[string]any{"type": "null"}}}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Struct:
		properties, required := map[string]any{}, []string{}
		addFields(t, properties, &required)
		return map[string]any{"type": "object", "additionalProperties": false, "properties": properties, "required": required}
	}
	return map[string]any{"type": "integer"}
}

func addFields(t reflect.Type, properties map[string]any, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			addFields(f.Type, properties, required)
			continue
		case name == "-" || !f.IsExported():
			continue
		case name == "":
			name = f.Name
		}
		properties[name] = schemaOf(f.Type)
		if options != "omitempty" {
			*required = append(*required, name)
		}
	}
}

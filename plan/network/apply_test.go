package network

import (
	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"batten/plan"
)

// apply makes changes of mappings on a compose file's plain tree.
func apply(t rapid.TB, text string, changes []plan.Change) string {
	t.Helper()
	var tree map[string]any
	if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		at := tree
		for _, key := range c.Path[:len(c.Path)-1] {
			next, ok := at[key].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[key] = next
			}
			at = next
		}
		last := c.Path[len(c.Path)-1]
		switch c.Op {
		case plan.Set:
			at[last] = plainValue(c.Value)
		case plan.Remove:
			delete(at, last)
		default:
			t.Fatal("operation", c.Op)
		}
	}
	out, err := yaml.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func plainValue(v any) any {
	switch v := v.(type) {
	case plan.Map:
		out := map[string]any{}
		for _, p := range v {
			out[p.Key] = plainValue(p.Value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plainValue(v[i])
		}
		return out
	}
	return v
}

package dialect

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Check finds what some readers refuse in one file as it is written, in the order
// of the file. The root is the file's top mapping; nil has no problems. The table
// knows what people write; [ValidateStrict] has the last word on the schema.
func Check(root *yaml.Node) []Problem {
	var out []Problem
	walk(root, func(at place) {
		for _, f := range forms {
			if f.shape == at.shape && f.found(at.node) {
				out = append(out, at.problem(f.shuts, f.why, f.translation))
			}
		}
		parent, key, ok := cutKey(at.shape)
		if !ok || len(at.path) == 0 {
			return
		}
		if special := slices.ContainsFunc(forms, func(f form) bool { return f.shape == at.shape && f.found(at.node) }); special {
			return
		}
		for _, o := range objects {
			if o.shape != parent {
				continue
			}
			if shut := o.shut(key); len(shut) > 0 {
				out = append(out, at.problem(shut, "the key is not part of 3.8", translations[at.shape]))
			}
		}
	})
	return out
}

// cutKey splits the shape of a place into that of the mapping and the key. It is
// false for names and for list items.
func cutKey(shape string) (parent, key string, ok bool) {
	if strings.HasSuffix(shape, "*") || strings.HasSuffix(shape, "[]") {
		return "", "", false
	}
	i := strings.LastIndexByte(shape, '.')
	if i < 0 {
		return "", shape, true
	}
	return shape[:i], shape[i+1:], true
}

func (p place) problem(readers []Reader, why, translation string) Problem {
	return Problem{Path: p.path, Line: p.key.Line, Column: p.key.Column, Readers: readers, Why: why, Translation: translation}
}

package profiles

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// fieldNames returns the JSON names of all fields of a type and of what it is
// made of.
func fieldNames(t reflect.Type) map[string]bool {
	out := map[string]bool{}
	addFieldNames(t, out)
	return out
}

func addFieldNames(t reflect.Type, out map[string]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		addFieldNames(t.Elem(), out)
	case reflect.Struct:
		for f := range t.Fields() {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
				out[name] = true
			}
			addFieldNames(f.Type, out)
		}
	}
}

// checkShape walks valid JSON and refuses what encoding/json would accept and the
// format does not have: deep nesting, endless lists and strings, a field that
// stands twice or in another case, a second document behind the first.
func checkShape(data []byte, fields map[string]bool) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var stack []level
	for first := true; first || len(stack) > 0; first = false {
		tok, err := d.Token()
		if err != nil {
			return jsonError(data, err)
		}
		if err := stepShape(&stack, tok, fields); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrMalformed, place(data, d.InputOffset()), err)
		}
	}
	return nil
}

// level is one open object or list.
type level struct {
	object bool
	key    bool // in an object: a key comes next
	count  int
	seen   map[string]bool
}

func stepShape(stack *[]level, tok json.Token, fields map[string]bool) error {
	if delim, ok := tok.(json.Delim); ok && (delim == '}' || delim == ']') {
		*stack = (*stack)[:len(*stack)-1]
		return nil
	}
	s, isString := tok.(string)
	if isString && len(s) > maxString {
		return fmt.Errorf("a string is longer than %d bytes", maxString)
	}
	if len(*stack) > 0 {
		top := &(*stack)[len(*stack)-1]
		if top.object && top.key {
			top.key = false
			return top.field(s, fields)
		}
		top.key = top.object
		if top.count++; !top.object && top.count > maxItems {
			return fmt.Errorf("a list has more than %d items", maxItems)
		}
	}
	if delim, ok := tok.(json.Delim); ok {
		if len(*stack) == maxDepth {
			return fmt.Errorf("nested deeper than %d", maxDepth)
		}
		*stack = append(*stack, level{object: delim == '{', key: delim == '{'})
	}
	return nil
}

func (l *level) field(name string, fields map[string]bool) error {
	if !fields[name] {
		return fmt.Errorf("unknown field %s", quote(name))
	}
	if l.seen[name] {
		return fmt.Errorf("field %s stands twice", quote(name))
	}
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	if l.seen[name] = true; len(l.seen) > maxKeys {
		return fmt.Errorf("an object has more than %d fields", maxKeys)
	}
	return nil
}

package plan

import (
	"encoding/json"
	"strings"

	"batten/project"
)

// Op is what a change does.
type Op string

const (
	// Set gives the key at Path this value, in place of what is there. Mappings on
	// the way that are absent are made.
	Set Op = "set"
	// Remove takes the key at Path away, in every file that has it.
	Remove Op = "remove"
	// Add puts an item at the end of the list at Path, which is made when absent. An
	// item that is there already, or whose text begins with Key, is replaced: with Key
	// "seccomp" the item "seccomp:unconfined" gives way to "seccomp=…".
	Add Op = "add"
	// Replace puts Value in place of the list item or mapping value that At names.
	Replace Op = "replace"
	// Drop takes the list item that At names away. A list that is empty then goes,
	// too.
	Drop Op = "drop"
)

// Change is one edit of what the compose files say.
type Change struct {
	Op   Op           `json:"op"`
	Path project.Path `json:"path,omitempty"` // for Set, Remove, Add: from the top of the merged file
	// At is where the item is written, for Replace and Drop.
	At *Place `json:"at,omitempty"`
	// Value is a string, bool, int, int64, []any of values, or [Map].
	Value any    `json:"value,omitempty"`
	Key   string `json:"key,omitempty"` // for Add
}

// Place is where a value is written: a source of the project and the path in it.
type Place struct {
	File int          `json:"file"` // index into the project's sources
	Path project.Path `json:"path"`
}

// PlaceOf is the place of a written value.
func PlaceOf(w project.Written) *Place { return &Place{File: w.File, Path: w.Path} }

// Map is a mapping whose order is kept when it is written.
type Map []Pair

// Pair is one entry of a [Map].
type Pair struct {
	Key   string
	Value any
}

// MarshalJSON writes a map as an object, in its order.
func (m Map) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, p := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(p.Key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(p.Value)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

// SetService gives a service's key a value.
func SetService(service string, value any, keys ...string) Change {
	return Change{Op: Set, Path: project.Path{"services", service}.Join(keys...), Value: value}
}

// RemoveService takes a key of a service away.
func RemoveService(service string, keys ...string) Change {
	return Change{Op: Remove, Path: project.Path{"services", service}.Join(keys...)}
}

// AddItem puts an item into a list of a service.
func AddItem(service, list, value, key string) Change {
	return Change{Op: Add, Path: project.Path{"services", service, list}, Value: value, Key: key}
}

// ReplaceAt puts a value in place of a written one.
func ReplaceAt(w project.Written, value any) Change {
	return Change{Op: Replace, At: PlaceOf(w), Value: value}
}

// DropAt takes a written list item away.
func DropAt(w project.Written) Change { return Change{Op: Drop, At: PlaceOf(w)} }

// SetEntry gives an entry of what is written as a mapping or as a list of
// KEY=VALUE (environment, labels, build arguments) a value, in the form in which it
// is written; a mapping where there is nothing yet.
func SetEntry(p *project.Project, path project.Path, key, value string) []Change {
	var out []Change
	entries := p.Entries(path...)
	for _, e := range entries {
		if e.Key != key {
			continue
		}
		out = append(out, ReplaceAt(e, entryValue(e, key, value)))
	}
	if len(out) > 0 {
		return out
	}
	if w, ok := p.Lookup(path...); ok && w.Node.Kind == yamlSequence {
		return []Change{{Op: Add, Path: path, Value: key + "=" + value, Key: key + "="}}
	}
	return []Change{{Op: Set, Path: path.Join(key), Value: value}}
}

// RemoveEntry takes an entry away in every file that has it.
func RemoveEntry(p *project.Project, path project.Path, key string) []Change {
	var out []Change
	list := false
	for _, e := range p.Entries(path...) {
		if e.Key != key {
			continue
		}
		if isListItem(e) {
			list = true
			out = append(out, DropAt(e))
		}
	}
	if !list {
		out = append(out, Change{Op: Remove, Path: path.Join(key)})
	}
	return out
}

func isListItem(w project.Written) bool {
	return len(w.Path) > 0 && w.Path[len(w.Path)-1] != w.Key
}

func entryValue(e project.Written, key, value string) string {
	if isListItem(e) {
		return key + "=" + value
	}
	return value
}

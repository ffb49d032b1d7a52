package project

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// maxDifferences bounds what [EqualModels] lists.
const maxDifferences = 50

// incomparable are fields of a model that say how it was read, not what it is.
var incomparable = []string{"Environment", "ComposeFiles", "WorkingDir", "Profiles", "DisabledServices"}

// EqualModels compares what two models describe, whichever files they come from:
// "" when it is the same, else the paths at which they differ, one a line, in
// order. Values are not told: they may be secrets. Empty and absent are the same.
func EqualModels(a, b *Model) (diff string) {
	c := &comparison{}
	one, two := *a, *b
	one.Services, two.Services = a.AllServices(), b.AllServices()
	c.structs(nil, reflect.ValueOf(one), reflect.ValueOf(two), incomparable)
	slices.Sort(c.differences)
	if len(c.differences) > maxDifferences {
		more := len(c.differences) - maxDifferences
		c.differences = append(c.differences[:maxDifferences], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(c.differences, "\n")
}

type comparison struct{ differences []string }

func (c *comparison) note(path Path, how string) {
	c.differences = append(c.differences, Printable(path.String())+": "+how)
}

func (c *comparison) values(path Path, a, b reflect.Value) {
	for a.IsValid() && (a.Kind() == reflect.Pointer || a.Kind() == reflect.Interface) {
		a = a.Elem()
	}
	for b.IsValid() && (b.Kind() == reflect.Pointer || b.Kind() == reflect.Interface) {
		b = b.Elem()
	}
	switch aEmpty, bEmpty := empty(a), empty(b); {
	case aEmpty && bEmpty:
		return
	case aEmpty:
		c.note(path, "only in the second")
		return
	case bEmpty:
		c.note(path, "only in the first")
		return
	case a.Type() != b.Type():
		c.note(path, "differs in kind")
		return
	}
	switch a.Kind() {
	case reflect.Struct:
		c.structs(path, a, b, nil)
	case reflect.Map:
		c.maps(path, a, b)
	case reflect.Slice, reflect.Array:
		c.lists(path, a, b)
	default:
		if !a.Equal(b) {
			c.note(path, "differs")
		}
	}
}

// empty holds for what is not there, and for mappings and lists with nothing in
// them. A number 0 behind a pointer is there.
func empty(v reflect.Value) bool {
	switch {
	case !v.IsValid():
		return true
	case v.Kind() == reflect.Map || v.Kind() == reflect.Slice:
		return v.Len() == 0
	}
	return false
}

func (c *comparison) structs(path Path, a, b reflect.Value, skip []string) {
	for i := range a.NumField() {
		field := a.Type().Field(i)
		if !field.IsExported() || slices.Contains(skip, field.Name) {
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		next := path
		if !strings.Contains(options, "inline") && name != "#extensions" {
			if name == "" || name == "-" {
				name = strings.ToLower(field.Name)
			}
			next = path.Join(name)
		}
		c.values(next, a.Field(i), b.Field(i))
	}
}

func (c *comparison) maps(path Path, a, b reflect.Value) {
	names := map[string][2]reflect.Value{}
	for _, k := range a.MapKeys() {
		names[fmt.Sprint(k)] = [2]reflect.Value{a.MapIndex(k), b.MapIndex(k)}
	}
	for _, k := range b.MapKeys() {
		names[fmt.Sprint(k)] = [2]reflect.Value{a.MapIndex(k), b.MapIndex(k)}
	}
	for name, both := range names {
		switch next := path.Join(name); {
		case !both[0].IsValid():
			c.note(next, "only in the second")
		case !both[1].IsValid():
			c.note(next, "only in the first")
		default:
			c.values(next, both[0], both[1])
		}
	}
}

func (c *comparison) lists(path Path, a, b reflect.Value) {
	if a.Len() != b.Len() {
		c.note(path, fmt.Sprintf("has %d items in the first, %d in the second", a.Len(), b.Len()))
		return
	}
	for i := range a.Len() {
		c.values(path.Join(fmt.Sprint(i)), a.Index(i), b.Index(i))
	}
}

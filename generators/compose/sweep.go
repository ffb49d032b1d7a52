package compose

import (
	"cmp"
	"slices"

	"batten/project"
)

// named are mappings whose keys are names that mean something without a body: what
// is under them stays, empty, when all of it was taken away.
var named = [][]string{
	{"services"}, {"networks"}, {"volumes"}, {"secrets"}, {"configs"}, {"models"},
	{"services", "*", "networks"}, {"services", "*", "depends_on"}, {"services", "*", "models"},
}

// bodies are mappings that mean something when they are empty.
var bodies = [][]string{{"services"}, {"services", "*", "build"}}

func fitsAny(patterns [][]string, path project.Path) bool {
	return slices.ContainsFunc(patterns, func(p []string) bool {
		return slices.EqualFunc(p, path, func(a, b string) bool { return a == "*" || a == b })
	})
}

// sweep removes the graves below a value, and what became empty by that. It tells
// whether the value itself did.
func (t *tree) sweep(v *value, path project.Path) bool {
	if !t.owned[v] {
		return false
	}
	for i := range v.keys {
		e := &v.keys[i]
		if e.v == nil {
			continue
		}
		at := path.Join(e.key)
		if t.sweep(e.v, at) && !keptEmpty(at, v) {
			v.gone = append(v.gone, gone{key: e.key, by: e.v.behind()})
			e.v = nil
		}
	}
	for i := range v.items {
		it := &v.items[i]
		if it.v == nil {
			continue
		}
		if t.sweep(it.v, path.Join("-")) {
			v.gone = append(v.gone, gone{from: it.from, by: it.v.behind()})
			it.v = nil
		}
	}
	if len(v.gone) == 0 {
		return false
	}
	v.index = nil
	v.keys = slices.DeleteFunc(v.keys, func(e entry) bool { return e.v == nil })
	v.items = slices.DeleteFunc(v.items, func(it item) bool { return it.v == nil })
	return len(v.keys) == 0 && len(v.items) == 0
}

// keptEmpty tells whether a mapping stays although it is empty.
func keptEmpty(path project.Path, parent *value) bool {
	if fitsAny(named, path[:len(path)-1]) || fitsAny(bodies, path) {
		return true
	}
	// A file without any key is no compose file.
	left := 0
	for _, e := range parent.keys {
		if e.v != nil {
			left++
		}
	}
	return len(path) == 1 && left == 1
}

// behind are the decisions that made or changed a value, and what is in it.
func (v *value) behind() []int {
	if v == nil || v.kind == scalarKind {
		return v.made()
	}
	var out []int
	var walk func(v *value)
	walk = func(v *value) {
		if v == nil || v.node != nil && !v.copied {
			return // as the source has it
		}
		out = append(out, v.by...)
		for _, g := range v.gone {
			out = append(out, g.by...)
		}
		for _, it := range v.items {
			walk(it.v)
		}
		for _, e := range v.keys {
			walk(e.v)
		}
	}
	walk(v)
	return union(nil, out)
}

// made are the decisions that made a value.
func (v *value) made() []int {
	if v == nil {
		return nil
	}
	return v.by
}

// union is the sorted set of both.
func union(a, b []int) []int {
	if len(b) == 0 {
		return a
	}
	out := slices.Concat(a, b)
	slices.SortFunc(out, cmp.Compare[int])
	return slices.Compact(out)
}

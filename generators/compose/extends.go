package compose

import (
	"fmt"
	"path/filepath"
	"slices"

	"batten/project"
)

// maxExtends bounds how far extends is followed.
const maxExtends = 32

// base finds what a service inherits at a path by extends: the name of the file that
// has it and the value, nil when it inherits nothing there.
func (f *files) base(path project.Path) (string, *value) {
	if len(path) < 3 || path[0] != "services" {
		return "", nil
	}
	layer := f.layer(path[:2])
	for _, i := range slices.Backward(f.having(layer, path[:2])) {
		if name, v := f.baseIn(i, path[1], path[2:], 0); v != nil {
			return name, v
		}
	}
	return "", nil
}

func (f *files) baseIn(file int, service string, rest project.Path, depth int) (string, *value) {
	ext := f.trees[file].lookup([]string{"services", service, "extends"})
	if ext == nil || depth > maxExtends {
		return "", nil
	}
	from, name := file, ""
	switch {
	case ext.isString():
		name = ext.text
	case ext.kind == mapKind:
		if s := ext.get("service"); s != nil {
			name = s.text
		}
		if other := ext.get("file"); other != nil {
			if from = f.named(file, other.text); from < 0 {
				return "", nil
			}
		}
	}
	if v := f.trees[from].lookup(project.Path{"services", name}.Join(rest...)); v != nil {
		return f.project.Sources[from].Name, v
	}
	return f.baseIn(from, name, rest, depth+1)
}

// named finds the source that a path in a file means.
func (f *files) named(file int, path string) int {
	for _, dir := range []string{f.project.Dir, filepath.Dir(f.project.Sources[file].Path)} {
		full := path
		if !filepath.IsAbs(path) {
			full = filepath.Join(dir, path)
		}
		for i, s := range f.project.Sources {
			if s.Path == filepath.Clean(full) {
				return i
			}
		}
	}
	return -1
}

// overriding are keys of services whose lists replace an inherited one.
var overriding = map[string]bool{"command": true, "entrypoint": true, "healthcheck.test": true}

// inheritedSet refuses a value that would be merged with what extends brings.
func (f *files) inheritedSet(path project.Path, v *value) error {
	if v.kind != listKind && v.kind != mapKind {
		return nil
	}
	from, base := f.base(path)
	if base == nil || equal(base, v) || base.kind == scalarKind {
		return nil
	}
	if v.kind == listKind && overriding[path[2:].String()] {
		return nil
	}
	if v.kind == mapKind && base.kind == mapKind {
		more := slices.ContainsFunc(base.keys, func(e entry) bool { return v.at(e.key) < 0 })
		if !more {
			return nil
		}
	}
	return fmt.Errorf("it would be merged with what extends brings from %s", from)
}

// inheritedAdd tells whether extends brings the item already, and refuses one that an
// inherited item stands in the way of.
func (f *files) inheritedAdd(path project.Path, v *value, key string) (bool, error) {
	from, base := f.base(path)
	if base == nil {
		return false, nil
	}
	for _, it := range itemsOf(base) {
		switch matches(it.v, v, key) {
		case same:
			return true, nil
		case gives:
			return false, fmt.Errorf("extends brings another one from %s", from)
		}
	}
	return false, nil
}

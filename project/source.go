package project

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Role tells how a file came to be part of a project.
type Role string

const (
	RoleMain     Role = "main"     // given, found, or a further file that is merged over it
	RoleIncluded Role = "included" // named by an include of another source
	RoleExtended Role = "extended" // named by an extends of a service of another source
)

// Source is one file that a project was read from, as it is written: variables
// are not filled in and nothing is merged.
type Source struct {
	Path string // absolute
	Name string // relative to the project's folder when it is inside, for people
	Role Role
	Data []byte
	// Root is the file's top mapping, nil for an empty file. Its positions are
	// 1-based lines and columns, columns in runes.
	Root *yaml.Node

	env   environment     // what its variables are filled in from
	base  string          // where the relative paths of its includes and extends start
	index index           // of its large mappings
	used  map[string]bool // every key in it
	// tagged is true when values have tags that are written out.
	tagged bool
}

// Path leads to a value: keys of mappings, and decimal indices of lists.
type Path []string

// String is the path as people write it: services.web.ports[0].
func (p Path) String() string {
	var b strings.Builder
	for i, key := range p {
		if _, err := strconv.Atoi(key); err == nil && i > 0 {
			b.WriteString("[" + key + "]")
			continue
		}
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(key)
	}
	return b.String()
}

// Join is the path with keys added. It shares nothing with p.
func (p Path) Join(keys ...string) Path { return slices.Concat(p, Path(keys)) }

// Written is one value as it stands in a source.
type Written struct {
	File         int  // index into [Project.Sources]
	Path         Path // from the top of that file
	Line, Column int  // of the value, 1-based
	// Key is the mapping key of the value, or of the list item "KEY=VALUE" or "KEY"
	// where [Project.Entries] found it.
	Key  string
	Node *yaml.Node // the value; an alias is resolved
	// Text is the scalar's value, "" for others. Variables are not filled in.
	Text string
	// Shared is true when the value is reached through an alias or a merge key: what
	// is changed there changes for others, too.
	Shared bool
}

// Lookup finds where a value is written: in the last main file that has it, which
// is the one that counts, else in an included one.
func (p *Project) Lookup(path ...string) (Written, bool) {
	all := p.LookupAll(path...)
	if len(all) == 0 {
		return Written{}, false
	}
	return all[len(all)-1], true
}

// LookupAll finds a value in all sources that have it: included and extended files
// first, then the main files in the order in which they are merged.
func (p *Project) LookupAll(path ...string) []Written {
	var out []Written
	for _, main := range []bool{false, true} {
		for i, s := range p.Sources {
			if (s.Role == RoleMain) != main || s.Role == RoleExtended {
				continue
			}
			if w, ok := s.lookup(i, path); ok {
				out = append(out, w)
			}
		}
	}
	return out
}

// Items are the items of a list, in all sources that have it. A scalar in place of
// a list is its only item.
func (p *Project) Items(path ...string) []Written {
	var out []Written
	for _, w := range p.LookupAll(path...) {
		switch w.Node.Kind {
		case yaml.SequenceNode:
			for i, n := range w.Node.Content {
				out = append(out, written(w.File, w.Path.Join(strconv.Itoa(i)), n, w.Shared))
			}
		case yaml.ScalarNode:
			if w.Node.Tag != "!!null" {
				out = append(out, w)
			}
		}
	}
	return out
}

// Entries are the entries of what may be a mapping or a list of KEY=VALUE, such
// as environment, labels, build arguments and sysctls, in all sources that have
// it, each with its Key; the Text is the value alone. An entry without a value has
// a Node of tag !!null, or is the list item that names the key alone.
func (p *Project) Entries(path ...string) []Written {
	var out []Written
	for _, w := range p.LookupAll(path...) {
		switch w.Node.Kind {
		case yaml.SequenceNode:
			for i, n := range w.Node.Content {
				item := written(w.File, w.Path.Join(strconv.Itoa(i)), n, w.Shared)
				key, value, _ := strings.Cut(item.Text, "=")
				item.Key, item.Text = key, value
				out = append(out, item)
			}
		case yaml.MappingNode:
			out = append(out, mapEntries(w)...)
		}
	}
	return out
}

func mapEntries(w Written) []Written {
	var out []Written
	seen := map[string]bool{}
	var walk func(n *yaml.Node, shared bool, depth int)
	walk = func(n *yaml.Node, shared bool, depth int) {
		var merged []*yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if isMerge(k) {
				merged = append(merged, v)
				continue
			}
			if seen[k.Value] {
				continue
			}
			seen[k.Value] = true
			e := written(w.File, w.Path.Join(k.Value), v, shared)
			e.Key = k.Value
			out = append(out, e)
		}
		for _, m := range merged {
			for _, target := range mergeTargets(m) {
				if depth < maxDepth {
					walk(target, true, depth+1)
				}
			}
		}
	}
	walk(w.Node, w.Shared, 0)
	return out
}

// maxDepth bounds how deep aliases and merges are followed.
const maxDepth = 64

func written(file int, path Path, n *yaml.Node, shared bool) Written {
	w := Written{File: file, Path: path, Line: n.Line, Column: n.Column, Shared: shared}
	for depth := 0; n.Kind == yaml.AliasNode && depth < maxDepth; depth++ {
		n, w.Shared = n.Alias, true
	}
	w.Node = n
	if n.Kind == yaml.ScalarNode {
		w.Text = n.Value
	}
	if len(path) > 0 {
		w.Key = path[len(path)-1]
	}
	return w
}

// mergeTargets are the mappings that the value of a merge key names.
func mergeTargets(n *yaml.Node) []*yaml.Node {
	for depth := 0; n.Kind == yaml.AliasNode && depth < maxDepth; depth++ {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.MappingNode:
		return []*yaml.Node{n}
	case yaml.SequenceNode:
		var out []*yaml.Node
		for _, item := range n.Content {
			for depth := 0; item.Kind == yaml.AliasNode && depth < maxDepth; depth++ {
				item = item.Alias
			}
			if item.Kind == yaml.MappingNode {
				out = append(out, item)
			}
		}
		return out
	}
	return nil
}

func (s *Source) lookup(file int, path []string) (Written, bool) {
	if s.Root == nil {
		return Written{}, false
	}
	w := written(file, nil, s.Root, false)
	for i, key := range path {
		next, shared := s.index.child(w.Node, key, 0)
		if next == nil {
			return Written{}, false
		}
		w = written(file, Path(path[:i+1]), next, w.Shared || shared)
	}
	w.Path = slices.Clone(w.Path)
	return w, true
}

// child is the value under a key or index; shared when a merge key brought it.
func (x index) child(n *yaml.Node, key string, depth int) (value *yaml.Node, shared bool) {
	switch n.Kind {
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i], false
		}
	case yaml.MappingNode:
		value, merged := x.find(n, key)
		if value != nil {
			return value, false
		}
		for _, m := range merged {
			for _, target := range mergeTargets(m) {
				if depth < maxDepth {
					if v, _ := x.child(target, key, depth+1); v != nil {
						return v, true
					}
				}
			}
		}
	}
	return nil, false
}

// Display is a path relative to the project's folder when it is inside.
func (p *Project) Display(path string) string { return display(p.Dir, path) }

package rules

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"batten/plan"
	"batten/project"
)

// mount is one entry of a service's volumes, and where it is written.
type mount struct {
	project.MountConfig
	// at is nil when it cannot be told which item of the file it is: it may come from
	// an extended service.
	at *project.Written
}

// mountsOf are the entries of a service's volumes.
func mountsOf(d *plan.Draft, s project.Service) []mount {
	items := d.Project.Items("services", s.Name, "volumes")
	out := make([]mount, len(s.Config.Volumes))
	for i, v := range s.Config.Volumes {
		out[i] = mount{MountConfig: v}
		for n := range items {
			if target := mountTarget(items[n]); target != "" && path.Clean(target) == path.Clean(v.Target) {
				out[i].at = &items[n] // of several files the last counts
			}
		}
	}
	// A target with variables in it is told by its place in the list.
	if len(items) == len(out) && !slices.ContainsFunc(items, func(w project.Written) bool { return w.File != items[0].File }) {
		for i := range out {
			if out[i].at == nil && strings.Contains(mountTarget(items[i]), "$") {
				out[i].at = &items[i]
			}
		}
	}
	return out
}

// place is where the mount is written, or the service.
func (m mount) place(d *plan.Draft, s project.Service) []plan.Position {
	if m.at == nil {
		return written(d, s, "volumes")
	}
	return []plan.Position{plan.PositionOf(d.Project, *m.at)}
}

// hasMount tells whether a path of a service lies on something that is mounted.
func hasMount(s project.Service, p string) bool {
	for _, v := range s.Config.Volumes {
		if under(p, v.Target) {
			return true
		}
	}
	for _, t := range s.Config.Tmpfs {
		if target, _, _ := strings.Cut(t, ":"); under(p, target) {
			return true
		}
	}
	for _, c := range s.Config.Configs {
		if c.Target != "" && under(p, c.Target) {
			return true
		}
	}
	return under(p, "/run/secrets")
}

// elsewhere blocks a fix of a mount that no file which can be edited holds as it is.
const elsewhere = "it cannot be told where in the files this mount is written: change it by hand"

// readOnly makes the mount read-only where it is written, and keeps its other
// options.
func (m mount) readOnly() ([]plan.Change, bool) {
	return m.withOption("read_only", true, func(options []string) []string {
		options = slices.DeleteFunc(options, func(o string) bool { return o == "rw" })
		return append([]string{"ro"}, options...)
	})
}

// withOption changes the mount where it is written: the options of the short form,
// or a key of the long one.
func (m mount) withOption(key string, value any, edit func([]string) []string) ([]plan.Change, bool) {
	if m.at == nil {
		return nil, false
	}
	if m.at.Node.Kind == yaml.ScalarNode {
		parts := splitOutside(m.at.Text, ':')
		if len(parts) < 2 || len(parts) > 3 || len(parts) == 3 && strings.Contains(parts[2], "$") {
			return nil, false
		}
		var options []string
		if len(parts) == 3 {
			options = strings.Split(parts[2], ",")
		}
		text := parts[0] + ":" + parts[1]
		if options = edit(options); len(options) > 0 {
			text += ":" + strings.Join(options, ",")
		}
		return []plan.Change{plan.ReplaceAt(*m.at, text)}, true
	}
	return setInItem(*m.at, value, key)
}

// setInItem gives a key of a list item that is a mapping a value. A key that is
// there is changed; for a new one the item is written anew.
func setInItem(w project.Written, value any, keys ...string) ([]plan.Change, bool) {
	at := w.Node
	for i, key := range keys {
		next := mappingValue(at, key)
		if next == nil {
			break
		}
		if i == len(keys)-1 {
			place := &plan.Place{File: w.File, Path: w.Path.Join(keys...)}
			return []plan.Change{{Op: plan.Replace, At: place, Value: value}}, true
		}
		at = next
	}
	item, ok := nodeValue(w.Node, 0)
	whole, isMap := item.(plan.Map)
	if !ok || !isMap {
		return nil, false
	}
	return []plan.Change{plan.ReplaceAt(w, withKey(whole, value, keys))}, true
}

func withKey(m plan.Map, value any, keys []string) plan.Map {
	for i := range m {
		if m[i].Key == keys[0] {
			inner, _ := m[i].Value.(plan.Map)
			if len(keys) > 1 {
				value = withKey(inner, value, keys[1:])
			}
			m[i].Value = value
			return m
		}
	}
	if len(keys) > 1 {
		value = withKey(nil, value, keys[1:])
	}
	return append(m, plan.Pair{Key: keys[0], Value: value})
}

func mappingValue(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// nodeValue is a written value as a change holds it; false for what none can hold,
// such as aliases, merge keys and tags.
func nodeValue(n *yaml.Node, depth int) (any, bool) {
	if depth > 16 || n.Anchor != "" {
		return nil, false
	}
	switch n.Kind {
	case yaml.ScalarNode:
		return scalarValue(n)
	case yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, c := range n.Content {
			v, ok := nodeValue(c, depth+1)
			if !ok {
				return nil, false
			}
			out[i] = v
		}
		return out, n.Tag == "!!seq"
	case yaml.MappingNode:
		var out plan.Map
		for i := 0; i+1 < len(n.Content); i += 2 {
			v, ok := nodeValue(n.Content[i+1], depth+1)
			if !ok || n.Content[i].Tag != "!!str" {
				return nil, false
			}
			out = append(out, plan.Pair{Key: n.Content[i].Value, Value: v})
		}
		return out, n.Tag == "!!map"
	}
	return nil, false
}

func scalarValue(n *yaml.Node) (any, bool) {
	switch n.Tag {
	case "!!str":
		return n.Value, true
	case "!!bool":
		var v bool
		err := n.Decode(&v)
		return v, err == nil
	case "!!int":
		var v int64
		err := n.Decode(&v)
		return v, err == nil
	}
	return nil, false
}

package dialect

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"batten/project"
)

// Bounds of a walk: files that were loaded come nowhere near.
const (
	maxDepth  = 100
	maxVisits = 1_000_000
)

// place is one value and where it stands. Aliases are followed, merge keys applied.
type place struct {
	path  project.Path
	shape string // the path with "*" for names and "[]" for list items
	key   *yaml.Node
	node  *yaml.Node
}

// named are the mappings whose keys are names that people choose.
var named = []string{
	"services", "networks", "volumes", "secrets", "configs", "services.*.networks", "services.*.depends_on",
	"services.*.environment", "services.*.labels", "services.*.ulimits", "services.*.sysctls", "services.*.build.args",
}

type walker struct {
	visits int
	visit  func(place)
}

func walk(root *yaml.Node, visit func(place)) {
	if root != nil {
		w := &walker{visit: visit}
		w.walk(place{node: root, key: root}, 0)
	}
}

func (w *walker) walk(at place, depth int) {
	at.node = follow(at.node)
	if w.visits++; depth > maxDepth || w.visits > maxVisits {
		return
	}
	w.visit(at)
	switch at.node.Kind {
	case yaml.MappingNode:
		for _, e := range w.entries(at.node, depth) {
			part := e.key.Value
			if slices.Contains(named, at.shape) {
				part = "*"
			}
			w.walk(place{at.path.Join(e.key.Value), strings.TrimPrefix(at.shape+"."+part, "."), e.key, e.node}, depth+1)
		}
	case yaml.SequenceNode:
		for i, item := range at.node.Content {
			w.walk(place{at.path.Join(strconv.Itoa(i)), at.shape + "[]", item, item}, depth+1)
		}
	}
}

type entry struct{ key, node *yaml.Node }

// entries are the entries of a mapping, then those that it merges and has not.
func (w *walker) entries(n *yaml.Node, depth int) []entry {
	var out []entry
	seen := map[string]bool{}
	var collect func(n *yaml.Node, depth int)
	collect = func(n *yaml.Node, depth int) {
		if w.visits++; depth > maxDepth || w.visits > maxVisits || n.Kind != yaml.MappingNode {
			return
		}
		var merged []*yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			switch k, v := n.Content[i], n.Content[i+1]; {
			case k.Tag == "!!merge":
				merged = append(merged, follow(v))
			case !seen[k.Value]:
				seen[k.Value] = true
				out = append(out, entry{k, v})
			}
		}
		for _, m := range merged {
			if m.Kind == yaml.SequenceNode {
				for _, item := range m.Content {
					collect(follow(item), depth+1)
				}
				continue
			}
			collect(m, depth+1)
		}
	}
	collect(n, depth)
	return out
}

func follow(n *yaml.Node) *yaml.Node {
	for depth := 0; n.Kind == yaml.AliasNode && n.Alias != nil && depth < maxDepth; depth++ {
		n = n.Alias
	}
	return n
}

// child is the value below keys of a mapping, nil without one.
func child(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		entries := (&walker{}).entries(n, 0)
		i := slices.IndexFunc(entries, func(e entry) bool { return e.key.Value == key })
		if i < 0 {
			return nil
		}
		n = follow(entries[i].node)
	}
	return n
}

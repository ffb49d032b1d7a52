package compose

import (
	"slices"

	"batten/project"

	"go.yaml.in/yaml/v4"
)

// links are the anchors of a file with what uses them.
type links struct {
	anchors []*yaml.Node // in the order in which they are written
	paths   map[*yaml.Node]project.Path
	users   map[*yaml.Node][]user
	holds   map[*yaml.Node]bool // has an alias somewhere below
	defines map[*yaml.Node]bool // has an anchor somewhere below that is used
	changed bool                // some anchored value is to change
}

// user is a place that refers to an anchor.
type user struct {
	path  project.Path
	merge *yaml.Node // the mapping that it is merged into; nil for an alias
}

// findLinks walks a file's own text. A file without anchors, as most are, costs
// nothing later.
func findLinks(root *yaml.Node) *links {
	l := &links{paths: map[*yaml.Node]project.Path{}, users: map[*yaml.Node][]user{},
		holds: map[*yaml.Node]bool{}, defines: map[*yaml.Node]bool{}}
	if root != nil && hasAnchors(root) {
		l.walk(root, nil)
		l.define(root)
	}
	return l
}

func hasAnchors(n *yaml.Node) bool {
	if n.Anchor != "" {
		return true
	}
	for _, c := range n.Content {
		if hasAnchors(c) {
			return true
		}
	}
	return false
}

func (l *links) walk(n *yaml.Node, path project.Path) bool {
	if n.Anchor != "" {
		l.anchors = append(l.anchors, n)
		l.paths[n] = path
	}
	holds := false
	switch n.Kind {
	case yaml.AliasNode:
		l.users[n.Alias] = append(l.users[n.Alias], user{path: path})
		return true
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if k.Tag != tagMerge {
				holds = l.walk(v, path.Join(keyText(k))) || holds
				continue
			}
			holds = true
			targets, _ := mergeTargets(v)
			for _, t := range targets {
				l.users[t] = append(l.users[t], user{path: path, merge: n})
			}
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			holds = l.walk(c, path.Join(index(i))) || holds
		}
	}
	if holds {
		l.holds[n] = true
	}
	return holds
}

// define notes what holds used anchors.
func (l *links) define(n *yaml.Node) bool {
	found := false
	for _, c := range n.Content {
		if l.define(c) || l.used(c) {
			found = true
		}
	}
	if found {
		l.defines[n] = true
	}
	return found
}

// used tells whether something refers to a value.
func (l *links) used(n *yaml.Node) bool { return len(l.users[n]) > 0 }

// merged tells whether a merge key names a value.
func (l *links) merged(n *yaml.Node) bool {
	return slices.ContainsFunc(l.users[n], func(u user) bool { return u.merge != nil })
}

// usedBelow tells whether something refers to a value inside another.
func (l *links) usedBelow(n *yaml.Node) bool { return l.defines[n] }

// below tells whether a value that does not change itself may have to be looked at,
// for an alias in it leads to one that does.
func (l *links) below(n *yaml.Node) bool { return l.changed && (l.holds[n] || l.defines[n]) }

package apparmor

import (
	"maps"
	"slices"
	"strings"

	"batten/profiles"
)

// node is one segment of the recorded paths, with all that lies below.
type node struct {
	name     string
	members  []*sight // of this path as a file, of each original path that was merged
	folders  []*sight // the same as a folder
	children map[string]*node

	segment segment // how the name is written
	kinds   []string
}

func newTree(all []*sight) *node {
	root := &node{}
	for _, s := range all {
		n := root
		for _, part := range split(s.path) {
			n = n.child(part)
		}
		if s.folder {
			n.folders = append(n.folders, s)
		} else {
			n.members = append(n.members, s)
		}
	}
	return root
}

func (n *node) child(name string) *node {
	c := n.children[name]
	if c == nil {
		if n.children == nil {
			n.children = map[string]*node{}
		}
		c = &node{name: name, segment: text(name)}
		n.children[name] = c
	}
	return c
}

// each calls yield for all sights of a node and of what lies below it, until yield
// returns false.
func (n *node) each(yield func(*sight) bool) bool {
	for _, s := range n.members {
		if !yield(s) {
			return false
		}
	}
	for _, s := range n.folders {
		if !yield(s) {
			return false
		}
	}
	for _, c := range n.children {
		if !c.each(yield) {
			return false
		}
	}
	return true
}

// stable tells whether anything at or below a node was seen in all runs, when there
// were several.
func (n *node) stable(runs int) bool {
	return runs > 1 && !n.each(func(s *sight) bool { return s.runs < runs })
}

// fixed tells whether all at and below a node is part of the image.
func (n *node) fixed() bool { return n.each((*sight).fixed) }

func (n *node) onProc() bool {
	return !n.each(func(s *sight) bool { return s.mount != profiles.MountProc })
}

// hashes tells whether all that lies below a folder are files named by hashes.
func (n *node) hashes() bool {
	for _, c := range n.children {
		if len(c.children) == 0 && !longHex.MatchString(c.name) || len(c.children) > 0 && !c.hashes() {
			return false
		}
	}
	return len(n.children) > 0
}

// mapped tells whether a file was mapped executable that the service did not make
// itself.
func (n *node) mapped() bool {
	return slices.ContainsFunc(n.members, func(s *sight) bool { return s.perms.has(permMap) }) &&
		!slices.ContainsFunc(n.members, func(s *sight) bool { return s.changed })
}

// gone tells whether the service made a file and gave its name up again.
func (n *node) gone() bool {
	made := func(s *sight) bool { return slices.Contains(s.access, profiles.AccessCreate) }
	left := func(s *sight) bool {
		return slices.Contains(s.access, profiles.AccessRemove) || slices.Contains(s.access, profiles.AccessRename)
	}
	return slices.ContainsFunc(n.members, made) && slices.ContainsFunc(n.members, left)
}

// unite adds another node's content.
func (n *node) unite(o *node) {
	n.members = append(n.members, o.members...)
	n.folders = append(n.folders, o.folders...)
	n.kinds = union(n.kinds, o.kinds)
	for _, name := range slices.Sorted(maps.Keys(o.children)) {
		c := o.children[name]
		if have := n.children[name]; have != nil {
			have.unite(c)
			continue
		}
		if n.children == nil {
			n.children = map[string]*node{}
		}
		n.children[name] = c
	}
}

// leaf is one path of the profile, literal or generalised.
type leaf struct {
	pattern pattern
	sights  []*sight
	kinds   []string // what its wildcards stand for
}

// walk generalises the tree from the top and collects its leaves in order.
func (g *generator) walk(n *node, above []segment, spelled string, kinds []string, out *[]leaf) {
	add := func(list []*sight, folder bool) {
		if len(list) > 0 {
			*out = append(*out, leaf{pattern{slices.Clone(above), folder}, list, kinds})
		}
	}
	add(n.folders, true)
	add(n.members, false)
	for _, c := range g.generaliseChildren(n, spelled) {
		below := append(slices.Clone(above), c.segment)
		g.walk(c, below, spelled+"/"+c.segment.rule(), union(kinds, c.kinds), out)
	}
}

// generaliseChildren returns the children of a node with their names generalised and
// those united that have become the same, sorted.
func (g *generator) generaliseChildren(n *node, spelled string) []*node {
	var left, exact []*node
	merged := map[string]*node{}
	put := func(c *node, s segment, kind string) {
		key := s.rule()
		into := merged[key]
		if into == nil {
			into = &node{segment: s}
			merged[key] = into
		}
		into.unite(c)
		into.kinds = union(into.kinds, []string{kind})
	}
	for _, name := range slices.Sorted(maps.Keys(n.children)) {
		c := n.children[name]
		if len(g.helpers) > 0 && !c.each(func(s *sight) bool { return !g.helpers[s.path] }) {
			exact = append(exact, c) // the profile of a helper is for that one file
			continue
		}
		always := c.stable(g.runs) || c.fixed()
		s, h, ok := generalise(place{spelled, name, c.mapped(), c.onProc(), c.gone(), c.hashes()}, always)
		if !ok {
			left = append(left, c)
			continue
		}
		put(c, s, h.name)
	}
	left = g.compareRuns(left, spelled, put)
	left = g.absorb(left, spelled, merged)
	left = g.thin(left, spelled, put)
	out := append(left, exact...)
	for _, key := range slices.Sorted(maps.Keys(merged)) {
		out = append(out, merged[key])
	}
	slices.SortFunc(out, func(a, b *node) int { return strings.Compare(a.segment.rule(), b.segment.rule()) })
	return out
}

package docker

import (
	"fmt"
	"path"
	"strings"
)

// tree is a file system that layers are applied to, one over the other.
type tree struct {
	root  *node
	nodes int // ever made: paths name folders that nothing else does
	limit int // of nodes
}

type node struct {
	FileEntry
	text     string
	children map[string]*node // of a folder; nil when empty
}

func newTree(limit int) *tree { return &tree{root: newFolder(), limit: limit} }

func newFolder() *node { return &node{FileEntry: FileEntry{Mode: 0o755, Folder: true}} }

// apply puts a layer over the tree. What the layer says is gone was in the layers
// below, wherever in the archive it says so.
func (t *tree) apply(l layer) error {
	for _, f := range l {
		if f.gone == itself {
			if parent, _ := t.folder(path.Dir(f.path), false); parent != nil {
				delete(parent.children, path.Base(f.path))
			}
		} else if f.gone == inside {
			if at, _ := t.folder(f.path, false); at != nil {
				at.children = nil
			}
		}
	}
	for _, f := range l {
		if f.gone == notGone {
			t.put(f)
		}
		if t.nodes > t.limit {
			return fmt.Errorf("%w: more than %d files and folders", ErrBadImage, t.limit)
		}
	}
	return nil
}

func (t *tree) put(f layerFile) {
	if f.path == "/" {
		if f.Folder {
			t.root.FileEntry = f.FileEntry
		}
		return
	}
	n := &node{FileEntry: f.FileEntry, text: f.text}
	parent, _ := t.folder(path.Dir(f.path), true)
	base := path.Base(f.path)
	if f.hard != "" {
		to, _ := t.entry(f.hard)
		if to == nil || to.Folder {
			return // a link to nothing
		}
		n.FileEntry, n.text = to.FileEntry, to.text
	}
	if old := parent.children[base]; old != nil && old.Folder && f.Folder {
		old.FileEntry = f.FileEntry
		return
	}
	if parent.children == nil {
		parent.children = map[string]*node{}
	}
	parent.children[base] = n
	t.nodes++
}

// entry is what stands at a path, with the path that leads there without links; a
// link at its end is not followed.
func (t *tree) entry(p string) (*node, string) {
	if p == "/" {
		return t.root, p
	}
	parent, at := t.folder(path.Dir(p), false)
	if parent == nil {
		return nil, ""
	}
	return parent.children[path.Base(p)], path.Join(at, path.Base(p))
}

// step is a folder on the way to another, and its name.
type step struct {
	*node
	name string
}

// folder is the folder at a path and its path without links, which are followed as
// extracting would: nil when there is none, unless what is missing is to be made.
func (t *tree) folder(p string, create bool) (*node, string) {
	way, links := []step{{t.root, "/"}}, 0
	for rest := parts(p); len(rest) > 0; {
		name := rest[0]
		rest = rest[1:]
		if name == "." {
			continue
		}
		if name == ".." {
			way = way[:max(1, len(way)-1)]
			continue
		}
		at := way[len(way)-1]
		next := at.children[name]
		if next != nil && next.Link != "" && links < maxLinks {
			links++
			if strings.HasPrefix(next.Link, "/") {
				way = way[:1]
			}
			rest = append(parts(next.Link), rest...)
			continue
		}
		if next == nil || !next.Folder {
			if !create {
				return nil, ""
			}
			next = t.makeFolder(at.node, name)
		}
		way = append(way, step{next, name})
	}
	names := make([]string, len(way))
	for i, s := range way {
		names[i] = s.name
	}
	return way[len(way)-1].node, path.Join(names...)
}

func (t *tree) makeFolder(in *node, name string) *node {
	n := newFolder()
	if in.children == nil {
		in.children = map[string]*node{}
	}
	in.children[name] = n
	t.nodes++
	return n
}

func parts(p string) []string {
	return strings.FieldsFunc(p, func(r rune) bool { return r == '/' })
}

// resolve is the file at a path, links followed at its end too, and its own path.
func (t *tree) resolve(p string) (*node, string) {
	for range maxLinks {
		n, at := t.entry(p)
		if n == nil || n.Link == "" {
			return n, at
		}
		if p = n.Link; !strings.HasPrefix(p, "/") {
			p = path.Dir(at) + "/" + p
		}
		p = path.Clean(p)
	}
	return nil, ""
}

// files gives the tree in the form for others. words are the entry point and the
// command.
func (t *tree) files(words []string) (*ImageFiles, error) {
	out := &ImageFiles{Entries: map[string]FileEntry{}, Scripts: t.scripts(words)}
	size := 0
	var walk func(at string, n *node)
	walk = func(at string, n *node) {
		for name, child := range n.children {
			p := at + "/" + name
			if size += len(p); size > maxPathText { // a link can lead many short paths deep
				return
			}
			out.Entries[p] = child.FileEntry
			walk(p, child)
		}
	}
	walk("", t.root)
	if size > maxPathText {
		return nil, fmt.Errorf("%w: its paths are larger than %d MiB", ErrBadImage, maxPathText>>20)
	}
	if n, _ := t.resolve(passwdFile); n != nil {
		out.Users = parsePasswd(n.text)
	}
	if n, _ := t.resolve(groupFile); n != nil {
		out.Groups = parseGroups(n.text)
	}
	return out, nil
}

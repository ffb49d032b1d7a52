package secrets

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"batten/project"
)

// maxNesting bounds how deep a file is followed.
const maxNesting = 200

// walker visits every node of a source once, where it stands: an alias is not
// followed, because what it names is visited, too.
type walker struct {
	file    int
	role    project.Role
	aliased map[*yaml.Node]bool
	found   func(seen)
}

// seen is one entry or argument vector that a walk came by.
type seen struct {
	service  string
	place    Place
	name     string // key of the entry
	at       project.Path
	scalars  []Scalar // one; of an argument vector, all
	shared   bool
	prose    bool // descriptions for people
	extended bool
}

// at is where a walk is.
type at struct {
	path    project.Path
	service string
	shared  bool
	prose   bool
}

func (a at) join(key string) at {
	a.path = a.path.Join(key)
	return a
}

func walk(p *project.Project, found func(seen)) {
	for i, s := range p.Sources {
		if s.Root == nil {
			continue
		}
		w := &walker{file: i, role: s.Role, aliased: map[*yaml.Node]bool{}, found: found}
		w.anchors(s.Root, 0)
		w.mapping(s.Root, at{})
	}
}

func (w *walker) anchors(n *yaml.Node, depth int) {
	if n.Kind == yaml.AliasNode {
		w.aliased[n.Alias] = true
		return
	}
	for _, c := range n.Content {
		if depth < maxNesting {
			w.anchors(c, depth+1)
		}
	}
}

func (w *walker) mapping(n *yaml.Node, a at) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i].Value, n.Content[i+1]
		if v.Kind == yaml.AliasNode || n.Content[i].Kind != yaml.ScalarNode {
			continue
		}
		w.entry(key, v, a)
	}
}

// entries are what holds named values, as a mapping or a list of KEY=VALUE.
var entries = map[string]Place{"environment": Environment, "args": BuildArg, "labels": Label, "annotations": Label}

// vectors are what holds a command.
var vectors = map[string]Place{"command": Command, "entrypoint": Entrypoint, "test": HealthCheck}

func (w *walker) entry(key string, v *yaml.Node, a at) {
	b := a.join(key)
	b.shared = a.shared || w.aliased[v]
	if len(a.path) == 1 && a.path[0] == "services" {
		b.service = key
	}
	if strings.HasPrefix(key, "x-") && !b.shared {
		b.prose = true
	}
	if b.shared {
		b.prose = false
	}
	if len(b.path) > maxNesting {
		return
	}
	place, isEntries := entries[key]
	vec, isVector := vectors[key]
	switch {
	case key == "secrets" && !b.prose:
		// names and paths of secrets
	case isEntries && v.Kind != yaml.ScalarNode && !b.prose:
		w.entriesOf(v, place, b)
	case isVector && v.Kind != yaml.MappingNode && !b.prose:
		w.vectorOf(v, vec, b)
	case v.Kind == yaml.MappingNode:
		w.mapping(v, b)
	case v.Kind == yaml.SequenceNode:
		for i, item := range v.Content {
			w.entry(strconv.Itoa(i), item, b)
		}
	case v.Kind == yaml.ScalarNode:
		w.scalar(key, v, a, b)
	}
}

func (w *walker) entriesOf(n *yaml.Node, place Place, a at) {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, v := n.Content[i].Value, n.Content[i+1]
			if v.Kind == yaml.ScalarNode && v.Tag != "!!null" {
				b := a.join(key)
				b.shared = a.shared || w.aliased[v]
				w.report(place, key, b, Scalar{Written: w.written(b, key, v), Text: v.Value})
			} else if v.Kind == yaml.MappingNode || v.Kind == yaml.SequenceNode {
				w.entry(key, v, a) // an x-… among labels, or a file that is not valid
			}
		}
		return
	}
	for i, v := range n.Content {
		if v.Kind != yaml.ScalarNode {
			continue
		}
		key, value, ok := strings.Cut(v.Value, "=")
		if !ok {
			continue
		}
		b := a.join(strconv.Itoa(i))
		b.shared = a.shared || w.aliased[v]
		w.report(place, key, b, Scalar{Written: w.written(b, key, v), Text: value, Prefix: key + "="})
	}
}

func (w *walker) vectorOf(n *yaml.Node, place Place, a at) {
	nodes, paths := []*yaml.Node{n}, []at{a}
	if n.Kind == yaml.SequenceNode {
		nodes, paths = n.Content, nil
		for i := range nodes {
			paths = append(paths, a.join(strconv.Itoa(i)))
		}
	}
	var scalars []Scalar
	shared := a.shared
	for i, v := range nodes {
		for depth := 0; v.Kind == yaml.AliasNode && depth < maxNesting; depth++ {
			v, shared = v.Alias, true
		}
		shared = shared || w.aliased[v]
		if v.Kind != yaml.ScalarNode || v.Tag == "!!null" {
			v = &yaml.Node{Kind: yaml.ScalarNode}
		}
		scalars = append(scalars, Scalar{Written: w.written(paths[i], "", v), Text: v.Value})
	}
	a.shared = shared
	w.report(place, "", a, scalars...)
}

// scalar is any other value: a list item may be KEY=VALUE all the same.
func (w *walker) scalar(key string, v *yaml.Node, parent, a at) {
	if v.Tag == "!!null" {
		return
	}
	place := Other
	if key == "content" && len(a.path) == 3 && a.path[0] == "configs" {
		place = Config
	}
	name := key
	if _, err := strconv.Atoi(key); err == nil && len(parent.path) > 0 {
		name = parent.path[len(parent.path)-1] // an item goes by its list's name
	}
	w.report(place, name, a, Scalar{Written: w.written(a, key, v), Text: v.Value})
}

func (w *walker) written(a at, key string, n *yaml.Node) project.Written {
	return project.Written{File: w.file, Path: a.path, Line: n.Line, Column: n.Column, Key: key, Node: n, Text: n.Value, Shared: a.shared}
}

func (w *walker) report(place Place, name string, a at, scalars ...Scalar) {
	w.found(seen{service: a.service, place: place, name: name, at: a.path, scalars: scalars, shared: a.shared,
		prose: a.prose, extended: w.role == project.RoleExtended})
}

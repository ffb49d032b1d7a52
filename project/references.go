package project

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// reference is one place where a source names another file.
type reference struct {
	role Role
	path string // absolute
	at   *yaml.Node
	// base is where the relative paths in that file start; for includes, with the
	// files of variables that it gets besides those of this source.
	base     string
	envFiles []string
}

// elsewhere is what compose programs fetch instead of reading it.
var elsewhere = regexp.MustCompile(`^(?:[a-z][a-z0-9+.-]*://|git@|oci:)`)

// account is the user and password of an address: they belong to nobody else.
var account = regexp.MustCompile(`//[^/@]*@`)

// resolve makes a path of what a source names.
func (s *Source) resolve(n *yaml.Node) (string, error) {
	text := s.fill(n.Value)
	if elsewhere.MatchString(text) {
		return "", s.problemAt(n, bad(ErrRemote), "%s", Printable(account.ReplaceAllString(text, "//")))
	}
	if filepath.IsAbs(text) {
		return filepath.Clean(text), nil
	}
	return filepath.Join(s.base, text), nil
}

// includes are the files that a source includes.
func (s *Source) includes() ([]reference, error) {
	var out []reference
	for _, item := range s.nodes("include") {
		entry := deref(item)
		paths, project, env := []*yaml.Node{entry}, (*yaml.Node)(nil), []*yaml.Node(nil)
		if entry.Kind == yaml.MappingNode {
			paths = texts(s.value(entry, "path"))
			project = s.value(entry, "project_directory")
			env = texts(s.value(entry, "env_file"))
		}
		first := len(out)
		for _, n := range paths {
			if n.Kind != yaml.ScalarNode {
				continue // the schema says what belongs here
			}
			path, err := s.resolve(n)
			if err != nil {
				return nil, err
			}
			out = append(out, reference{role: RoleIncluded, path: path, at: n})
		}
		for i := first; i < len(out); i++ {
			ref := &out[i]
			ref.base = filepath.Dir(out[first].path)
			if project != nil && project.Kind == yaml.ScalarNode && project.Value != "" {
				base, err := s.resolve(project)
				if err != nil {
					return nil, err
				}
				ref.base = base
			}
			for _, n := range env {
				path, err := s.resolve(n)
				if err != nil {
					return nil, err
				}
				if path != "/dev/null" {
					ref.envFiles = append(ref.envFiles, path)
				}
			}
		}
	}
	return out, nil
}

// extension is one service that extends another.
type extension struct {
	service string
	target  string // the service that it extends
	file    *reference
	at      *yaml.Node
}

// extensions are what services of a source extend, in the order of the file.
func (s *Source) extensions() ([]extension, error) {
	var out []extension
	for _, service := range s.entries("services") {
		n := s.value(deref(service.Node), "extends")
		if n == nil {
			continue
		}
		one := extension{service: service.Key, at: n}
		if n.Kind == yaml.ScalarNode {
			one.target = s.fill(n.Value)
		}
		if target := s.value(n, "service"); target != nil {
			one.target = s.fill(target.Value)
		}
		if file := s.value(n, "file"); file != nil && file.Kind == yaml.ScalarNode && file.ShortTag() != "!!null" {
			path, err := s.resolve(file)
			if err != nil {
				return nil, err
			}
			one.file = &reference{role: RoleExtended, path: path, at: file, base: filepath.Dir(path)}
		}
		out = append(out, one)
	}
	return out, nil
}

// envFiles are the files of variables that services name, with where they do.
func (s *Source) envFiles() ([]reference, error) {
	var out []reference
	for _, service := range s.entries("services") {
		n := s.value(deref(service.Node), "env_file")
		if n == nil {
			continue
		}
		items := []*yaml.Node{n}
		if n.Kind == yaml.SequenceNode {
			items = n.Content
		}
		for _, item := range items {
			item = deref(item)
			if item.Kind == yaml.MappingNode {
				item = s.value(item, "path")
			}
			if item == nil || item.Kind != yaml.ScalarNode {
				continue
			}
			path, err := s.resolve(item)
			if err != nil {
				return nil, err
			}
			out = append(out, reference{path: path, at: item})
		}
	}
	return out, nil
}

// nodes are the items of a list at the top of a source.
func (s *Source) nodes(key string) []*yaml.Node {
	if s.Root == nil {
		return nil
	}
	if n := s.value(s.Root, key); n != nil && n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return nil
}

// entries are the entries of a mapping at the top of a source, with merged ones.
func (s *Source) entries(key string) []Written {
	w, ok := s.lookup(0, []string{key})
	if !ok || w.Node.Kind != yaml.MappingNode {
		return nil
	}
	return mapEntries(w)
}

// value is a key's value in a mapping, nil without one.
func (s *Source) value(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	v, _ := s.index.child(n, key, 0)
	return deref(v)
}

// texts are the scalars of what may be one or a list.
func texts(n *yaml.Node) []*yaml.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.ScalarNode:
		return []*yaml.Node{n}
	}
	var out []*yaml.Node
	for _, item := range n.Content {
		if item = deref(item); item.Kind == yaml.ScalarNode {
			out = append(out, item)
		}
	}
	return out
}

func deref(n *yaml.Node) *yaml.Node {
	for depth := 0; n != nil && n.Kind == yaml.AliasNode && depth < maxDepth; depth++ {
		n = n.Alias
	}
	return n
}

// trail is a chain of names for people: a → b → a.
func trail(names []string) string {
	shown := slices.Clone(names)
	for i, name := range shown {
		shown[i] = Printable(name)
	}
	return strings.Join(shown, " → ")
}

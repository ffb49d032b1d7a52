package secrets

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"go.yaml.in/yaml/v4"

	"batten/plan"
	"batten/project"
)

// hardened makes the changes of moves on the plain tree of a project's first file
// and loads the result, with the .env that the original had.
func hardened(t *testing.T, p *project.Project, moves []Move) *project.Project {
	t.Helper()
	dir := t.TempDir()
	if env, err := os.ReadFile(filepath.Join(p.Dir, ".env")); err == nil {
		writeFile(t, filepath.Join(dir, ".env"), string(env))
	}
	for i, s := range p.Sources {
		var doc yaml.Node
		if err := yaml.Unmarshal(s.Data, &doc); err != nil {
			t.Fatal(err)
		}
		for _, c := range ordered(moves) {
			if c.At == nil && (i == 0 || c.Op == plan.Remove) || c.At != nil && c.At.File == i {
				apply(t, doc.Content[0], c)
			}
		}
		data, err := yaml.Marshal(&doc)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, filepath.Base(s.Path)), string(data))
	}
	out, err := project.Load(context.Background(), dir, []string{filepath.Base(p.Sources[0].Path)})
	if err != nil {
		t.Fatalf("load the hardened project: %v", err)
	}
	return out
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// ordered are the changes of all moves: places by index before what moves them,
// items taken away from the last on.
func ordered(moves []Move) []plan.Change {
	rank := map[plan.Op]int{plan.Replace: 0, plan.Drop: 1, plan.Remove: 2, plan.Set: 3, plan.Add: 4}
	var out []plan.Change
	for _, m := range moves {
		out = append(out, m.Fix.Changes...)
	}
	slices.SortStableFunc(out, func(a, b plan.Change) int {
		if a.Op == plan.Drop && b.Op == plan.Drop {
			return -slices.CompareFunc(a.At.Path, b.At.Path, func(x, y string) int {
				m, errM := strconv.Atoi(x)
				n, errN := strconv.Atoi(y)
				if errM == nil && errN == nil {
					return m - n
				}
				return 0
			})
		}
		return rank[a.Op] - rank[b.Op]
	})
	return out
}

func apply(t *testing.T, root *yaml.Node, c plan.Change) {
	t.Helper()
	path := c.Path
	if c.At != nil {
		path = c.At.Path
	}
	parent := root
	for _, key := range path[:len(path)-1] {
		next := childOf(parent, key)
		if next == nil || next.Kind == yaml.ScalarNode {
			if c.Op == plan.Remove {
				return
			}
			next = put(parent, key, &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"})
		}
		parent = next
	}
	key := path[len(path)-1]
	switch c.Op {
	case plan.Set, plan.Replace:
		put(parent, key, nodeOf(t, c.Value))
	case plan.Remove, plan.Drop:
		take(parent, key)
	case plan.Add:
		list := childOf(parent, key)
		if list == nil {
			list = put(parent, key, &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"})
		}
		item := nodeOf(t, c.Value)
		if !slices.ContainsFunc(list.Content, func(n *yaml.Node) bool { return n.Value == item.Value && n.Kind == item.Kind }) {
			list.Content = append(list.Content, item)
		}
	}
}

func childOf(n *yaml.Node, key string) *yaml.Node {
	if n.Kind == yaml.SequenceNode {
		if i, err := strconv.Atoi(key); err == nil && i < len(n.Content) {
			return n.Content[i]
		}
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func put(n *yaml.Node, key string, v *yaml.Node) *yaml.Node {
	if n.Kind == yaml.SequenceNode {
		i, _ := strconv.Atoi(key)
		n.Content[i] = v
		return v
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			v.Anchor = n.Content[i+1].Anchor
			n.Content[i+1] = v
			return v
		}
	}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, v)
	return v
}

func take(n *yaml.Node, key string) {
	if n.Kind == yaml.SequenceNode {
		i, _ := strconv.Atoi(key)
		n.Content = slices.Delete(n.Content, i, i+1)
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content = slices.Delete(n.Content, i, i+2)
			return
		}
	}
}

func nodeOf(t *testing.T, value any) *yaml.Node {
	t.Helper()
	switch v := value.(type) {
	case string:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v, Style: yaml.DoubleQuotedStyle}
	case int:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(v)}
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, one := range v {
			n.Content = append(n.Content, nodeOf(t, one))
		}
		return n
	case plan.Map:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		for _, pair := range v {
			n.Content = append(n.Content, nodeOf(t, pair.Key), nodeOf(t, pair.Value))
		}
		return n
	}
	t.Fatalf("a change holds a %T", value)
	return nil
}

// always wants every unit moved.
func always(*Unit) bool { return true }

// options are those of an ordinary run.
var options = Options{Folder: "hardened", Target: plan.TargetCompose}

// compose loads a project from the text of one file.
func compose(t *testing.T, text string) *project.Project {
	t.Helper()
	return composeWith(t, text, "")
}

func composeWith(t *testing.T, text, env string) *project.Project {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "compose.yaml"), text)
	if env != "" {
		writeFile(t, filepath.Join(dir, ".env"), env)
	}
	p, err := project.Load(context.Background(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

package rules

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v4"

	"batten/plan"
	"batten/project"
)

// After the applied fixes a rule finds nothing but what was not to be fixed: each
// finding that is left has the ID of one that was not applied, or of one of which
// only a part could be fixed, and then is advice. A fixture where that is not so says
// in its section "after" what is left.
func TestEveryFixLeavesNothingToFind(t *testing.T) {
	for _, path := range fixturePaths(t) {
		t.Run(fixtureName(path), func(t *testing.T) {
			f := loadFixture(t, path)
			own, all := f.decisions(f.facts)
			after := f.applied(t, all)
			left, _ := f.decisions(after)
			if section(f.archive, "after") != "" {
				f.golden(t, "after", render(after, left))
				return
			}
			for _, d := range left {
				known := slices.ContainsFunc(own, func(o plan.Decision) bool {
					return o.Finding.ID() == d.Finding.ID() && (!o.Apply || d.Finding.Fix == nil)
				})
				if !known {
					t.Errorf("still there: %s\n%s", render(after, []plan.Decision{d}), composeText(t, after))
				}
			}
		})
	}
}

// applied changes the fixture's project as the decisions say and loads it again.
func (f *fixture) applied(t *testing.T, decisions []plan.Decision) plan.Facts {
	t.Helper()
	var changes []plan.Change
	for _, d := range decisions {
		if d.Apply {
			changes = append(changes, d.Finding.Fix.Changes...)
		}
	}
	archive := &txtar.Archive{Files: slices.Clone(f.archive.Files)}
	for name, data := range applyChanges(t, f.facts.Project, changes) {
		archive.Files = slices.DeleteFunc(archive.Files, func(file txtar.File) bool { return file.Name == name })
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: data})
	}
	return factsOf(t, archive)
}

func composeText(t *testing.T, facts plan.Facts) string {
	t.Helper()
	var b strings.Builder
	for _, s := range facts.Project.Sources {
		data, err := os.ReadFile(s.Path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "-- %s --\n%s", s.Name, data)
	}
	return b.String()
}

// applyChanges interprets changes on the plain trees of the sources: no comments, no
// anchors, no order. It returns each source as it then is, by name.
func applyChanges(t *testing.T, p *project.Project, changes []plan.Change) map[string][]byte {
	t.Helper()
	trees := make([]any, len(p.Sources))
	for i, s := range p.Sources {
		if err := yaml.Unmarshal(s.Data, &trees[i]); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range inOrder(changes) {
		if err := applyChange(p, trees, c); err != nil {
			t.Fatalf("%s %s %+v: %v", c.Op, c.Path, c.At, err)
		}
	}
	out := map[string][]byte{}
	for i, s := range p.Sources {
		data, err := yaml.Marshal(trees[i])
		if err != nil {
			t.Fatal(err)
		}
		out[s.Name] = data
	}
	return out
}

// inOrder puts what names a place by its index before what moves places, and takes
// the last items of lists away first.
func inOrder(changes []plan.Change) []plan.Change {
	rank := map[plan.Op]int{plan.Replace: 0, plan.Drop: 1, plan.Remove: 2, plan.Set: 3, plan.Add: 4}
	sorted := slices.Clone(changes)
	slices.SortStableFunc(sorted, func(a, b plan.Change) int {
		if a.Op == plan.Drop && b.Op == plan.Drop {
			return -comparePaths(a.At.Path, b.At.Path)
		}
		return rank[a.Op] - rank[b.Op]
	})
	return slices.CompactFunc(sorted, func(a, b plan.Change) bool {
		return a.Op == plan.Drop && b.Op == plan.Drop && a.At.File == b.At.File && slices.Equal(a.At.Path, b.At.Path)
	})
}

func comparePaths(a, b project.Path) int {
	return slices.CompareFunc(a, b, func(x, y string) int {
		n, err1 := strconv.Atoi(x)
		m, err2 := strconv.Atoi(y)
		if err1 == nil && err2 == nil {
			return n - m
		}
		return strings.Compare(x, y)
	})
}

func applyChange(p *project.Project, trees []any, c plan.Change) error {
	value := plainValue(c.Value)
	switch c.Op {
	case plan.Replace:
		_, err := edit(trees[c.At.File], c.At.Path, func(any) (any, bool) { return value, true })
		return err
	case plan.Drop:
		_, err := edit(trees[c.At.File], c.At.Path, func(any) (any, bool) { return nil, false })
		if err != nil {
			return err
		}
		list := c.At.Path[:len(c.At.Path)-1]
		_, err = edit(trees[c.At.File], list, func(old any) (any, bool) {
			items, isList := old.([]any)
			return old, !isList || len(items) > 0
		})
		return err
	case plan.Remove:
		for _, w := range p.LookupAll(c.Path...) {
			if _, err := edit(trees[w.File], c.Path, func(any) (any, bool) { return nil, false }); err != nil {
				return err
			}
		}
		return nil
	case plan.Set:
		// Lists of several files are united: the value stands in one alone.
		for _, w := range p.LookupAll(c.Path...) {
			if _, err := edit(trees[w.File], c.Path, func(any) (any, bool) { return nil, false }); err != nil {
				return err
			}
		}
		return setIn(p, trees, c.Path, func(any) any { return value })
	case plan.Add:
		return setIn(p, trees, c.Path, func(old any) any { return addItem(old, value, c.Key) })
	}
	return fmt.Errorf("unknown operation %q", c.Op)
}

// addItem gives the list with the item, in place of those that it replaces.
func addItem(old, value any, key string) any {
	items, _ := old.([]any)
	if text, ok := old.(string); ok {
		items = []any{text}
	}
	items = slices.DeleteFunc(slices.Clone(items), func(item any) bool {
		text, ok := item.(string)
		return ok && (item == value || key != "" && strings.HasPrefix(text, key))
	})
	return append(items, value)
}

// setIn makes the mappings on the way in the last main file that knows the most of
// the path.
func setIn(p *project.Project, trees []any, path project.Path, value func(old any) any) error {
	file := 0
	for n := len(path); n > 0; n-- {
		if w, ok := p.Lookup(path[:n]...); ok {
			file = w.File
			break
		}
	}
	root, ok := trees[file].(map[string]any)
	if !ok {
		root = map[string]any{}
		trees[file] = root
	}
	at := root
	for _, key := range path[:len(path)-1] {
		next, ok := at[key].(map[string]any)
		if !ok {
			if list, isList := at[key].([]any); isList {
				return fmt.Errorf("%s is a list of %d", key, len(list))
			}
			next = map[string]any{}
			at[key] = next
		}
		at = next
	}
	last := path[len(path)-1]
	at[last] = value(at[last])
	return nil
}

// edit changes the value at a path, or takes it away; what it returns is the tree
// in place of the given one.
func edit(tree any, path project.Path, change func(old any) (any, bool)) (any, error) {
	if len(path) == 0 {
		return nil, fmt.Errorf("no path")
	}
	switch node := tree.(type) {
	case map[string]any:
		old, ok := node[path[0]]
		if !ok {
			return tree, nil // the key came by a merge that an earlier change took away
		}
		if len(path) == 1 {
			if value, keep := change(old); keep {
				node[path[0]] = value
			} else {
				delete(node, path[0])
			}
			return node, nil
		}
		next, err := edit(old, path[1:], change)
		node[path[0]] = next
		return node, err
	case []any:
		i, err := strconv.Atoi(path[0])
		if err != nil || i < 0 || i >= len(node) {
			return tree, fmt.Errorf("%s is no index of a list of %d", path[0], len(node))
		}
		if len(path) == 1 {
			if value, keep := change(node[i]); keep {
				node[i] = value
				return node, nil
			}
			return slices.Delete(node, i, i+1), nil
		}
		node[i], err = edit(node[i], path[1:], change)
		return node, err
	}
	return tree, fmt.Errorf("%s leads into a %T", path[0], tree)
}

func plainValue(v any) any {
	switch v := v.(type) {
	case plan.Map:
		out := map[string]any{}
		for _, pair := range v {
			out[pair.Key] = plainValue(pair.Value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plainValue(v[i])
		}
		return out
	}
	return v
}

func TestTheInterpreterOfChanges(t *testing.T) {
	facts := factsFrom(t, `-- compose.yaml --
services:
  web:
    image: web
    ports: ["1:1", "2:2", "3:3"]
    security_opt: ["seccomp:unconfined", "label=x"]
    environment: {A: one, B: two}
    networks: {front: {}}
networks: {front: {}}
`)
	p := facts.Project
	ports := p.Items("services", "web", "ports")
	changes := []plan.Change{
		plan.DropAt(ports[0]), plan.DropAt(ports[2]), plan.ReplaceAt(ports[1], "4:4"),
		plan.AddItem("web", "security_opt", "seccomp=p.json", "seccomp"),
		plan.SetService("web", plan.Map{{Key: "limits", Value: []any{1, "x"}}}, "deploy", "resources"),
		plan.RemoveService("web", "environment", "A"),
		plan.AddItem("web", "cap_drop", "ALL", ""),
	}
	got := applyChanges(t, p, changes)["compose.yaml"]
	want, err := yaml.Marshal(map[string]any{
		"networks": map[string]any{"front": map[string]any{}},
		"services": map[string]any{"web": map[string]any{
			"image": "web", "ports": []any{"4:4"}, "security_opt": []any{"label=x", "seccomp=p.json"},
			"environment": map[string]any{"B": "two"}, "networks": map[string]any{"front": map[string]any{}},
			"deploy":   map[string]any{"resources": map[string]any{"limits": []any{1, "x"}}},
			"cap_drop": []any{"ALL"},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s\nkeys %v", got, want, slices.Collect(maps.Keys(facts.Profiles)))
	}
}

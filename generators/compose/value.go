package compose

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

type kind uint8

const (
	scalarKind kind = iota
	listKind
	mapKind
	taggedKind // carries a tag of compose's own, such as !reset: compared, never edited
)

const (
	tagString = "!!str"
	tagNull   = "!!null"
	tagMerge  = "!!merge"
)

// value is a decoded YAML value. Aliases and merge keys are followed, so that values
// of one anchor are one pointer: a tree is as large as its file, whatever the file
// multiplies.
type value struct {
	kind  kind
	tag   string // of a scalar, resolved; of a tagged value, its own
	text  string // of a scalar: the string, or the canonical form of another type
	raw   string // of a scalar that is no string: as it is written
	items []item
	keys  []entry
	inner *value     // of a tagged value
	node  *yaml.Node // what it was read from, nil when it is new
	index map[string]int

	by     []int  // decisions that made it
	gone   []gone // what was taken out of it
	copied bool   // no longer the source's own: something in it may have changed
}

// item is one item of a list: from is its index in the source, -1 when it is new.
type item struct {
	v    *value
	from int
}

// entry is one entry of a mapping. A nil value is a grave: taken away, still to be
// swept.
type entry struct {
	key string
	v   *value
}

// gone is an entry or item that decisions took away.
type gone struct {
	key  string
	from int
	by   []int
}

// isNull tells a key without a value.
func (v *value) isNull() bool { return v.kind == scalarKind && v.tag == tagNull }

func (v *value) isString() bool { return v.kind == scalarKind && v.tag == tagString }

// at is the position of a key, -1 when there is none.
func (v *value) at(key string) int {
	const small = 12
	if len(v.keys) <= small {
		for i := range v.keys {
			if v.keys[i].key == key {
				return i
			}
		}
		return -1
	}
	if v.index == nil {
		v.index = make(map[string]int, len(v.keys))
		for i := range v.keys {
			v.index[v.keys[i].key] = i
		}
	}
	if i, ok := v.index[key]; ok {
		return i
	}
	return -1
}

// get is the value of a key, nil when there is none.
func (v *value) get(key string) *value {
	if v.kind != mapKind {
		return nil
	}
	if i := v.at(key); i >= 0 {
		return v.keys[i].v
	}
	return nil
}

// put sets a key; a new one comes last.
func (v *value) put(key string, to *value) {
	if i := v.at(key); i >= 0 {
		v.keys[i].v = to
		return
	}
	if v.index != nil {
		v.index[key] = len(v.keys)
	}
	v.keys = append(v.keys, entry{key, to})
}

// item is the place in a list of what was the i-th item of the source, -1 when it is
// no longer there.
func (v *value) item(key string) int {
	from, err := strconv.Atoi(key)
	if err != nil || from < 0 {
		return -1
	}
	if from < len(v.items) && v.items[from].from == from {
		return from
	}
	for i := range v.items {
		if v.items[i].from == from {
			return i
		}
	}
	return -1
}

// child is the value under a key or a source index, nil when there is none.
func (v *value) child(key string) *value {
	if v.kind == listKind {
		if i := v.item(key); i >= 0 {
			return v.items[i].v
		}
		return nil
	}
	return v.get(key)
}

// lookup follows a path, nil where it ends early.
func (v *value) lookup(path []string) *value {
	for _, key := range path {
		if v == nil {
			return nil
		}
		v = v.child(key)
	}
	return v
}

// Reasons why a file is not edited at all.
var (
	errTwice = errors.New("a key is there twice")
	errCycle = errors.New("an alias leads into itself")
	errMerge = errors.New("a merge key names no mapping")
)

// decoder makes values of nodes.
type decoder struct {
	done map[*yaml.Node]*value // of anchors
	open map[*yaml.Node]bool
}

// decode makes the value of a file; a file without a mapping is an empty one.
func decode(root *yaml.Node) (*value, error) {
	if root == nil {
		return &value{kind: mapKind}, nil
	}
	d := &decoder{map[*yaml.Node]*value{}, map[*yaml.Node]bool{}}
	return d.value(root)
}

func (d *decoder) value(n *yaml.Node) (*value, error) {
	if n.Kind == yaml.AliasNode {
		return d.value(n.Alias)
	}
	if n.Anchor == "" {
		return d.read(n)
	}
	if v := d.done[n]; v != nil {
		return v, nil
	}
	if d.open[n] {
		return nil, fmt.Errorf("line %d: %w", n.Line, errCycle)
	}
	d.open[n] = true
	v, err := d.read(n)
	delete(d.open, n)
	d.done[n] = v
	return v, err
}

// builtin are the tags that say no more than what a value is.
var builtin = map[string]bool{"!!map": true, "!!seq": true, "": true}

func (d *decoder) read(n *yaml.Node) (*value, error) {
	v := &value{node: n}
	var err error
	switch n.Kind {
	case yaml.ScalarNode:
		v.scalar(n)
	case yaml.SequenceNode:
		v.kind = listKind
		v.items = make([]item, len(n.Content))
		for i, c := range n.Content {
			v.items[i].from = i
			if v.items[i].v, err = d.value(c); err != nil {
				return nil, err
			}
		}
	case yaml.MappingNode:
		if err := d.mapping(v, n); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("line %d: node of kind %d", n.Line, n.Kind)
	}
	if tag := n.ShortTag(); !builtin[tag] && (v.kind != scalarKind || !strings.HasPrefix(tag, "!!")) {
		inner := *v
		return &value{kind: taggedKind, tag: tag, inner: &inner, node: n}, nil
	}
	return v, nil
}

func (d *decoder) mapping(v *value, n *yaml.Node) error {
	v.kind = mapKind
	v.keys = make([]entry, 0, len(n.Content)/2)
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, c := n.Content[i], n.Content[i+1]
		if k.Tag == tagMerge {
			merged = append(merged, c)
			continue
		}
		key := keyText(k)
		if v.at(key) >= 0 {
			return fmt.Errorf("line %d: %w", k.Line, errTwice)
		}
		one, err := d.value(c)
		if err != nil {
			return err
		}
		v.put(key, one)
	}
	for _, m := range merged {
		targets, ok := mergeTargets(m)
		if !ok {
			return fmt.Errorf("line %d: %w", m.Line, errMerge)
		}
		for _, t := range targets {
			from, err := d.value(t)
			if err != nil {
				return err
			}
			for _, e := range from.keys {
				if v.at(e.key) < 0 {
					v.put(e.key, e.v)
				}
			}
		}
	}
	return nil
}

// keyText is a key as compose takes it: always a string.
func keyText(k *yaml.Node) string {
	if k.Kind == yaml.AliasNode {
		return k.Alias.Value
	}
	return k.Value
}

// mergeTargets are the mappings that the value of a merge key names.
func mergeTargets(n *yaml.Node) ([]*yaml.Node, bool) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.MappingNode:
		return []*yaml.Node{n}, true
	case yaml.SequenceNode:
		var out []*yaml.Node
		for _, c := range n.Content {
			if c.Kind == yaml.AliasNode {
				c = c.Alias
			}
			if c.Kind != yaml.MappingNode {
				return nil, false
			}
			out = append(out, c)
		}
		return out, true
	}
	return nil, false
}

// scalar reads a scalar's type and value; spellings of one value are one text.
func (v *value) scalar(n *yaml.Node) {
	v.tag, v.text = n.ShortTag(), n.Value
	switch v.tag {
	case tagString, tagMerge:
		v.tag = tagString
		return
	case tagNull:
		v.text = ""
	case "!!bool", "!!float", "!!int":
		if i, err := strconv.ParseInt(n.Value, 10, 64); err == nil && v.tag == "!!int" && strconv.FormatInt(i, 10) == n.Value {
			break
		}
		var got any
		if n.Decode(&got) == nil {
			v.text = fmt.Sprint(got)
		}
	}
	v.raw = n.Value
}

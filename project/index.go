package project

import "go.yaml.in/yaml/v4"

// largeMapping is the number of keys from which on a mapping is indexed.
const largeMapping = 16

// index finds values of large mappings by key, so that looking up one service of a
// thousand does not read past the others. It is made once and only read then.
type index map[*yaml.Node]keys

// keys are what one mapping holds.
type keys struct {
	own    map[string]*yaml.Node
	merged []*yaml.Node // values of merge keys
}

func newIndex(top *yaml.Node) index {
	out := index{}
	out.add(top)
	return out
}

func (x index) add(n *yaml.Node) {
	if n.Kind == yaml.MappingNode && len(n.Content) >= 2*largeMapping {
		k := keys{own: make(map[string]*yaml.Node, len(n.Content)/2)}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if isMerge(n.Content[i]) {
				k.merged = append(k.merged, n.Content[i+1])
			} else {
				k.own[n.Content[i].Value] = n.Content[i+1]
			}
		}
		x[n] = k
	}
	for _, c := range n.Content {
		x.add(c)
	}
}

// find is the value of a mapping's own key, nil without one, and the values of its
// merge keys.
func (x index) find(n *yaml.Node, key string) (value *yaml.Node, merged []*yaml.Node) {
	if k, ok := x[n]; ok {
		return k.own[key], k.merged
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if isMerge(n.Content[i]) {
			merged = append(merged, n.Content[i+1])
		} else if n.Content[i].Value == key {
			value = n.Content[i+1] // of duplicate keys, which loading refuses, the last
		}
	}
	return value, merged
}

func isMerge(key *yaml.Node) bool { return key.Tag == "!!merge" }

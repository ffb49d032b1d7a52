package compose

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// style is how a file is written.
type style struct {
	step  int  // columns that a mapping is indented by
	flush bool // list items stand under their key, not indented
	json  bool // every string is quoted
}

// styleOf looks at what a file does most.
func styleOf(root *yaml.Node, name string) style {
	s := style{step: 2, json: strings.HasSuffix(name, ".json")}
	if root == nil {
		return s
	}
	if root.Style&yaml.FlowStyle != 0 && len(root.Content) > 0 && root.Content[0].Style&yaml.DoubleQuotedStyle != 0 {
		s.json = true
	}
	steps, balance := map[int]int{}, 0
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Style&yaml.FlowStyle != 0 {
			return
		}
		for i, c := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 1 && c.Style&yaml.FlowStyle == 0 && len(c.Content) > 0 {
				in := c.Content[0].Column - n.Content[i-1].Column
				switch {
				case c.Kind == yaml.MappingNode && in > 0:
					steps[in]++
				case c.Kind == yaml.SequenceNode && c.Anchor == "" && c.Style&yaml.TaggedStyle == 0:
					if c.Column == n.Content[i-1].Column {
						balance++
					} else {
						balance--
					}
				}
			}
			walk(c)
		}
	}
	walk(root)
	most := 0
	for in := 1; in <= 16; in++ {
		if steps[in] > most {
			most, s.step = steps[in], in
		}
	}
	s.flush = balance > 0
	return s
}

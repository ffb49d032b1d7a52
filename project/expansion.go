package project

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxWeight bounds what a project comes to when its aliases are followed, its
// variables filled in, its port ranges spelled out and its files copied to where
// they are named. The unit is one value; long ones count more.
const maxWeight = 1_000_000

// mergeWeight is how much more a merged mapping counts than an alias: every look
// at a key that is not in the mapping itself goes through what it merges.
const mergeWeight = 50

// weigher counts without expanding: what an anchor comes to is computed once.
type weigher struct {
	source *Source
	known  map[*yaml.Node]measure // of anchors
	active map[*yaml.Node]bool
}

type measure struct{ weight, height int }

// weigh is what a file comes to. A file of a few lines can come to gigabytes.
func (s *Source) weigh() (int, error) {
	if s.Root == nil {
		return 0, nil
	}
	w := &weigher{s, map[*yaml.Node]measure{}, map[*yaml.Node]bool{}}
	m, err := w.measure(s.Root)
	return m.weight, err
}

func (w *weigher) measure(n *yaml.Node) (measure, error) {
	if n.Kind == yaml.AliasNode {
		if w.active[n.Alias] {
			return measure{}, w.source.problemAt(n, ErrBadCompose, "an alias is part of what it stands for")
		}
		n = n.Alias
	}
	if m, ok := w.known[n]; ok {
		return m, nil
	}
	if n.Anchor != "" {
		w.active[n] = true
		defer delete(w.active, n)
	}
	out := measure{weight: 1}
	if n.Kind == yaml.ScalarNode {
		out.weight += w.source.scalarWeight(n.Value)
	}
	for i, c := range n.Content {
		m, err := w.measure(c)
		if err != nil {
			return measure{}, err
		}
		if n.Kind == yaml.MappingNode && i%2 == 1 && isMerge(n.Content[i-1]) {
			m.weight *= mergeWeight
		}
		out.weight += m.weight
		out.height = max(out.height, m.height+1)
		switch {
		case out.weight > maxWeight:
			return measure{}, w.source.problemAt(c, ErrBadCompose, "aliases, merges, variables and ranges come to more than %d values", maxWeight)
		case out.height > maxNesting:
			return measure{}, w.source.problemAt(c, ErrBadCompose, "nested deeper than %d levels", maxNesting)
		}
	}
	if n.Anchor != "" {
		w.known[n] = out
	}
	return out, nil
}

// kilobyte of text weighs as much as a value.
const kilobyte = 1 << 10

func (s *Source) scalarWeight(text string) int {
	weight, length := 0, len(text)
	if strings.Contains(text, "$") {
		weight += templateWork([]byte(text)) / 64
		length += s.valuesLength(text, 0)
		if length < kilobyte {
			text = s.fill(text)
		}
	}
	return weight + length/kilobyte + portRange(text)
}

// valuesLength is how long the values of a text's variables are, together with
// those of their defaults.
func (s *Source) valuesLength(text string, depth int) int {
	length := 0
	for _, v := range scanVariables(text) {
		value, _ := s.env.shown.Resolve(v.name)
		length += len(value)
		if v.word != "" && depth < maxDepth {
			length += s.valuesLength(v.word, depth+1)
		}
	}
	return length
}

// portWeight is what one port of a range counts: compose-go spells each out several
// times.
const portWeight = 10

// ports are published one by one: a range of them is a value for each.
var ports = regexp.MustCompile(`^(?:[^ ]*:)?(\d{1,5})-(\d{1,5})(?::[^ ]*)?(?:/\w+)?$`)

func portRange(text string) int {
	if len(text) > 100 || !strings.Contains(text, "-") {
		return 0
	}
	m := ports.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	first, _ := strconv.Atoi(m[1])
	last, _ := strconv.Atoi(m[2])
	return max(0, last-first) * portWeight
}

package project

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Bounds of one file. Compose files come nowhere near them; what does is made to
// fill the memory or the time of whoever reads it.
const (
	maxNesting = 100
	maxKey     = 1024    // bytes of one key
	maxMarks   = 500_000 // characters that can begin a value
)

// ParseSource parses one compose file and returns its top mapping, nil for an empty
// file. It refuses what the readers of compose files read differently or not at
// all: several documents, a key twice, keys that are no text, what is nested too deep,
// and aliases that come to too much. The error names line and column and quotes no value.
func ParseSource(data []byte) (*yaml.Node, error) {
	s := &Source{Data: data}
	if err := s.parse(); err != nil {
		return nil, err
	}
	if _, err := s.weigh(); err != nil {
		return nil, err
	}
	return s.Root, nil
}

func (s *Source) parse() error {
	if marks(s.Data) > maxMarks {
		return s.problemAt(nil, ErrBadCompose, "more than %d values", maxMarks)
	}
	var doc, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(s.Data))
	if err := decoder.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil
		}
		return s.syntax(err)
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		return s.problemAt(&second, ErrBadCompose, "a second document begins here: a compose file is one document")
	case !errors.Is(err, io.EOF):
		return s.syntax(err)
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return nil
	}
	top := doc.Content[0]
	if top.Kind == yaml.ScalarNode && top.ShortTag() == "!!null" {
		return nil
	}
	if top.Kind != yaml.MappingNode {
		return s.problemAt(top, ErrBadCompose, "the file is not a mapping of keys to values")
	}
	if err := s.checkKeys(top, 0); err != nil {
		return err
	}
	s.Root = top
	s.index = newIndex(top)
	s.used = map[string]bool{}
	usedKeys(top, s.used)
	s.tagged = isTagged(top)
	return nil
}

// marks counts the characters that can begin a value or a list, so that memory is
// bounded before anything is parsed.
func marks(data []byte) int {
	count := 0
	for _, c := range data {
		switch c {
		case ',', '[', '{', ':', '-', '?':
			count++
		}
	}
	return count
}

// checkKeys refuses keys that are given twice or are no text, and deep nesting.
func (s *Source) checkKeys(n *yaml.Node, depth int) error {
	if depth > maxNesting {
		return s.problemAt(n, ErrBadCompose, "nested deeper than %d levels", maxNesting)
	}
	if n.Kind == yaml.MappingNode {
		seen := make(map[string]int, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if err := s.checkKey(k); err != nil {
				return err
			}
			if line, ok := seen[k.Value]; ok {
				return s.problemAt(k, ErrBadCompose, "the key %s is set in line %d, too", quoted(k.Value), line)
			}
			seen[k.Value] = k.Line
		}
	}
	for _, c := range n.Content {
		if err := s.checkKeys(c, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (s *Source) checkKey(k *yaml.Node) error {
	if k.Kind != yaml.ScalarNode {
		return s.problemAt(k, ErrBadCompose, "a key is not plain text")
	}
	if len(k.Value) > maxKey {
		return s.problemAt(k, ErrBadCompose, "a key is longer than %d bytes", maxKey)
	}
	switch k.ShortTag() {
	case "!!str", "!!merge":
		return nil
	}
	return s.problemAt(k, ErrBadCompose, "the key %s is not text: put it in quotes", quoted(k.Value))
}

// namedText is what messages of the YAML library tell of the file's text: names of
// anchors, and values that do not fit their tags.
var namedText = regexp.MustCompile("'.*' referenced|`.*`|\"[^\"]*\"")

// syntax tells what the YAML library did not like.
func (s *Source) syntax(err error) error {
	p := &problem{file: s.Name, kind: ErrBadCompose, text: "not YAML"}
	if load, ok := errors.AsType[*yaml.LoadError](err); ok {
		p.line, p.column = load.Mark.Line, load.Mark.Column
		p.text += ": " + Printable(namedText.ReplaceAllString(load.Message, "…"))
	}
	if strings.Contains(p.text, "exceeded max depth") {
		p.text = "nested too deep"
	}
	return p
}

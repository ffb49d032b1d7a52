package project

import (
	"bytes"
	"fmt"
	"os"

	"go.yaml.in/yaml/v4"
)

// readSource reads and parses one file.
func readSource(path, name string, role Role) (*Source, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	root, err := ParseSource(data)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w: %w", name, ErrBadCompose, err)
	}
	return &Source{Path: path, Name: name, Role: role, Data: data, Root: root}, nil
}

// ParseSource parses one compose file and returns its top mapping, nil for an
// empty file.
func ParseSource(data []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&doc); err != nil {
		return nil, err
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return nil, nil
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, nil
	}
	return root, nil
}

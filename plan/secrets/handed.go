package secrets

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"batten/project"
)

// handedOn are the variables that some service, build, secret or config is given from
// the environment of whoever starts the project, by their name alone.
func handedOn(p *project.Project) map[string]bool {
	out := map[string]bool{}
	for _, s := range p.Sources {
		if s.Root != nil {
			handed(s.Root, "", out, 0)
		}
	}
	return out
}

// handed looks at every node: what is shared through an anchor may be an environment
// wherever it is written.
func handed(n *yaml.Node, key string, out map[string]bool, depth int) {
	if depth > maxNesting {
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if v.Kind == yaml.ScalarNode && v.Tag == "!!null" {
				out[k.Value] = true
			}
			handed(v, k.Value, out, depth+1)
		}
	case yaml.SequenceNode:
		for _, v := range n.Content {
			if v.Kind == yaml.ScalarNode && !strings.Contains(v.Value, "=") && variableName.MatchString(v.Value) {
				out[v.Value] = true
			}
			handed(v, "", out, depth+1)
		}
	case yaml.ScalarNode:
		if key == "environment" {
			out[n.Value] = true // of a secret or config
		}
	}
}

package plan

import "go.yaml.in/yaml/v4"

const yamlSequence = yaml.SequenceNode

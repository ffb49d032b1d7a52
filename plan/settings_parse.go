package plan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// ErrSettings means that batten.yaml cannot be used as it is.
var ErrSettings = errors.New("settings not usable")

// MaxSettingsBytes bounds batten.yaml.
const MaxSettingsBytes = 1 << 20

// ruleID is the form of a rule's ID.
var ruleID = regexp.MustCompile(`^[A-Z][0-9]{3}$`)

// ParseSettings reads batten.yaml: a workload, a choice about AppArmor, and decisions, each of which names a
// rule, a rule in one service or one finding, and says one of apply, skip (with the
// reason) or value. Errors name the line.
func ParseSettings(data []byte) (Settings, error) {
	var doc yaml.Node
	switch err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&doc); {
	case errors.Is(err, io.EOF):
		return Settings{}, nil
	case err != nil:
		return Settings{}, fmt.Errorf("%w: %w", ErrSettings, err)
	}
	if len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" {
		return Settings{}, nil
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return Settings{}, at(root, "a mapping is expected")
	}
	var out Settings
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		var err error
		switch key.Value {
		case "workload":
			out.Workload, err = text(value)
		case "apparmor":
			if out.AppArmor, err = text(value); err == nil && !slices.Contains(AppArmorChoices, out.AppArmor) {
				err = at(value, "apparmor is one of %s, not %q", strings.Join(AppArmorChoices, ", "), out.AppArmor)
			}
		case "decisions":
			out.Choices, err = choices(value)
		default:
			err = at(key, "unknown key %q; known are workload, apparmor and decisions", key.Value)
		}
		if err != nil {
			return Settings{}, err
		}
	}
	return out, nil
}

func choices(n *yaml.Node) ([]Setting, error) {
	if n.Tag == "!!null" {
		return nil, nil
	}
	if n.Kind != yaml.SequenceNode {
		return nil, at(n, "decisions must be a list")
	}
	var out []Setting
	for _, item := range n.Content {
		s, err := choice(item)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func choice(n *yaml.Node) (Setting, error) {
	if n.Kind != yaml.MappingNode {
		return Setting{}, at(n, "a decision is a mapping with rule and one of apply, skip, value")
	}
	s := Setting{By: BySettings, Line: n.Line}
	var said []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if slices.Contains(said, key.Value) {
			return s, at(key, "%q stands twice", key.Value)
		}
		t, err := text(value)
		if err != nil {
			return s, err
		}
		said = append(said, key.Value)
		switch key.Value {
		case "rule":
			s.Rule, s.Service, s.Key = ParseID(t)
			if !ruleID.MatchString(s.Rule) {
				return s, at(value, "%q names no rule; write B020, B020/SERVICE or B020/SERVICE/KEY", t)
			}
		case "apply", "skip":
			on := key.Value == "apply"
			if s.Apply != nil {
				return s, at(key, "apply and skip exclude each other")
			}
			s.Apply, s.Reason = &on, t
			if !on && t == "" {
				return s, at(value, "skip needs the reason as its value")
			}
		case "value":
			s.Value = t
		default:
			return s, at(key, "unknown key %q; known are rule, apply, skip, value", key.Value)
		}
	}
	switch {
	case s.Rule == "":
		return s, at(n, "a decision needs a rule")
	case s.Apply == nil && s.Value == "":
		return s, at(n, "the decision on %s says none of apply, skip, value", ID(s.Rule, s.Service, s.Key))
	}
	return s, nil
}

func text(n *yaml.Node) (string, error) {
	if n.Kind != yaml.ScalarNode {
		return "", at(n, "text is expected")
	}
	if n.Tag == "!!null" {
		return "", nil
	}
	return n.Value, nil
}

func at(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%w: line %d: %s", ErrSettings, n.Line, fmt.Sprintf(format, args...))
}

// unknown are the settings that name no rule, or nothing that a rule could find.
func (s Settings) unknown(rules []Rule, services []string) []string {
	var out []string
	for _, one := range s.Choices {
		id := ID(one.Rule, one.Service, one.Key)
		switch {
		case !slices.ContainsFunc(rules, func(r Rule) bool { return r.ID == one.Rule }):
			out = append(out, id+": no such rule")
		case one.Service != "" && !slices.Contains(services, one.Service):
			out = append(out, id+": no such service")
		}
	}
	return out
}

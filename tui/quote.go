package tui

import "batten/internal/terminal"

// quoted writes words as a shell takes them on one line.
func quoted(words []string) string { return terminal.SafeArgs(words) }

// hardenCommand is the command that plans the same with the decisions of this session.
func (m *model) hardenCommand(more ...string) string {
	words := []string{"harden"}
	for _, s := range m.decisions.now {
		id := s.Rule
		if s.Service != "" || s.Key != "" {
			id += "/" + s.Service
		}
		if s.Key != "" {
			id += "/" + s.Key
		}
		if s.Value != "" {
			words = append(words, "--set", id+"="+s.Value)
		}
		switch {
		case s.Apply == nil:
		case !*s.Apply:
			words = append(words, "--skip", id+"="+s.Reason)
		case s.Reason != "":
			words = append(words, "--apply", id+"="+s.Reason)
		default:
			words = append(words, "--apply", id)
		}
	}
	return m.cli(append(words, more...)...)
}

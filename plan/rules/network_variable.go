package rules

import (
	"strings"

	"batten/project"
)

// splitOutside splits a text at a separator, not inside of ${…} and […].
func splitOutside(text string, separator byte) []string {
	var out []string
	depth, start := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth = max(0, depth-1)
		case separator:
			if depth == 0 {
				out = append(out, text[start:i])
				start = i + 1
			}
		}
	}
	return append(out, text[start:])
}

// clearNumber tells whether a text is a port or a range of ports, however the
// variables in it are set: each holds a number by default or in the project's
// environment. A variable may hold a whole mapping, "8080:80", and putting an address
// before that makes another mapping of it.
func clearNumber(p *project.Project, text string) bool {
	for text != "" {
		start := strings.IndexByte(text, '$')
		if start < 0 {
			return digitsAndDash(text)
		}
		if !digitsAndDash(text[:start]) {
			return false
		}
		name, other, rest := variable(text[start+1:])
		value, set := p.Model.Environment[name]
		if other != "" && !digitsAndDash(other) || set && !digitsAndDash(value) || other == "" && !set {
			return false
		}
		text = rest
	}
	return true
}

// variable reads NAME, {NAME} or {NAME:-OTHER} after a dollar sign.
func variable(text string) (name, other, rest string) {
	if strings.HasPrefix(text, "{") {
		inside, after, _ := strings.Cut(text[1:], "}")
		end := strings.IndexAny(inside, ":-+?")
		if end < 0 {
			return inside, "", after
		}
		operator := strings.TrimLeft(inside[end:], ":")
		if strings.HasPrefix(operator, "?") || operator == "" {
			return inside[:end], "", after // a message, and no value
		}
		return inside[:end], operator[1:], after
	}
	end := 0
	for end < len(text) && (text[end] == '_' || text[end] >= '0' && text[end] <= '9' || text[end]|0x20 >= 'a' && text[end]|0x20 <= 'z') {
		end++
	}
	return text[:end], "", text[end:]
}

func digitsAndDash(text string) bool {
	return strings.Trim(text, "0123456789-") == ""
}

package compose

import "strings"

// commandKeys hold the words of a command, which people write on one line.
var commandKeys = map[string]bool{"test": true, "entrypoint": true, "command": true}

// widest is how many columns the line of a command may have.
const widest = 110

// command writes the words of a command in brackets behind their key, each in double
// quotes. It is for keys and commands that are usually written so and fit on one line.
func (m *emitter) command(column int, key string, v *value) (line, bool) {
	if !commandKeys[key] || v.kind != listKind || len(v.items) == 0 {
		return line{}, false
	}
	words := make([]string, 0, len(v.items))
	for _, it := range v.items {
		if !it.v.isString() || !printable(it.v.text) {
			return line{}, false
		}
		words = append(words, quoted(it.v.text, true))
	}
	text := strings.Repeat(" ", column) + m.key(key, false) + ": [" + strings.Join(words, ", ") + "]"
	return line{text, v.behind()}, len(text) <= widest
}

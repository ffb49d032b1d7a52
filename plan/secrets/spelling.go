package secrets

import (
	"encoding/json"
	"strings"
)

// spellings are a value as files and messages may have it: as it is, with what compose
// doubles, and as YAML and JSON write it within quotes.
func spellings(v string) []string {
	out := []string{v}
	for _, one := range []string{v, escape(v)} {
		double, _ := json.Marshal(one)
		var plain strings.Builder
		encoder := json.NewEncoder(&plain)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(one) // of a text, into memory
		out = append(out, one, strings.ReplaceAll(one, "'", "''"), strings.ReplaceAll(one, "'", `'\''`),
			string(double[1:len(double)-1]))
		if text := strings.TrimSuffix(plain.String(), "\n"); len(text) >= 2 {
			out = append(out, text[1:len(text)-1])
		}
	}
	return out
}

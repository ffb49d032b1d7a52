package secrets

import (
	"slices"
	"strings"

	"batten/plan"
	"batten/project"
)

// redisServers are the programs that take a file of settings as first argument.
var redisServers = []string{"redis-server", "valkey-server"}

// redisSettings are the flags that may be in that file instead.
var redisSettings = []string{"--requirepass", "--masterauth", "--masteruser"}

// redisStart is a command without its credentials, and the settings that hold
// them.
type redisStart struct {
	command  []string
	settings string
}

// redis takes the credentials out of the command of a server of this kind. It is
// false when the command is not plain: a shell, quotes, a settings file of its
// own.
func (m *migration) redis(svc project.Service, u *Unit) (redisStart, bool) {
	if !slices.Contains(redisLike, Repository(svc.Image)) || svc.Build || len(svc.Config.Entrypoint) > 0 {
		return redisStart{}, false
	}
	words, spans, ok := plainWords(u)
	if !ok || len(words) == 0 {
		return redisStart{}, false
	}
	out := redisStart{command: []string{"redis-server", ""}}
	if Repository(svc.Image) == "valkey/valkey" {
		out.command[0] = "valkey-server"
	}
	i := 0
	if slices.Contains(redisServers, words[0]) {
		out.command[0] = words[0]
		i = 1
	}
	for ; i < len(words); i++ {
		if i <= 1 && len(out.command) == 2 && out.settings == "" && !strings.HasPrefix(words[i], "--") {
			return redisStart{}, false // a settings file, or another program
		}
		if i+1 < len(words) && spans[i+1] != nil {
			if !slices.Contains(redisSettings, words[i]) {
				return redisStart{}, false
			}
			out.settings += strings.TrimPrefix(words[i], "--") + " " + redisQuote(spans[i+1].Value.Reveal()) + "\n"
			i++
			continue
		}
		if spans[i] != nil {
			return redisStart{}, false
		}
		out.command = append(out.command, words[i])
	}
	return out, out.settings != ""
}

// plainWords parts the command of a unit into words, with the credential that a
// word is. It is false when a credential is only part of one, or words are not
// certain.
func plainWords(u *Unit) (words []string, spans []*Span, ok bool) {
	for _, sc := range u.Scalars {
		parts := []word{{end: len(sc.Text), text: sc.Text, known: true}}
		// Redis itself parts an argument that holds a flag and its value.
		if len(u.Scalars) == 1 || strings.HasPrefix(sc.Text, "--") && strings.Contains(sc.Text, " ") {
			parts = shellWords(0, sc.Text)
		}
		left := len(sc.Spans)
		for _, w := range parts {
			var span *Span
			for i, s := range sc.Spans {
				if s.Start == w.start && s.End == w.end {
					span = &sc.Spans[i]
					left--
				}
			}
			if w.parts || !w.known || span == nil && len(u.Scalars) == 1 && strings.ContainsAny(w.text, "\"'$") {
				return nil, nil, false
			}
			words, spans = append(words, w.text), append(spans, span)
		}
		if left != 0 {
			return nil, nil, false
		}
	}
	return words, spans, true
}

// redisQuote is a value as one word of a settings file.
func redisQuote(v string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(v) {
		switch c := v[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			b.WriteString(`\x`)
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// byCommand gives the server a file of settings.
func (m *migration) byCommand(f *fix, svc project.Service, u *Unit) {
	start, _ := m.redis(svc, u)
	name := m.derive(u.Service+"_redis_conf", start.settings)
	start.command[1] = mount(name)
	f.summary = "read the password from the settings file " + m.path(name)
	f.changes = append(f.changes, plan.SetService(u.Service, list(start.command), "command"))
	f.secret(name, start.settings, style{})
	f.notes = append(f.notes, "the server cannot write its settings back into this file: CONFIG REWRITE fails")
}

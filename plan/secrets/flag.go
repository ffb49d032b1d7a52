package secrets

import (
	"path"
	"slices"
	"strings"
)

// What programs take their password with: a flag with the password right behind
// it, a flag or word with the password as the next word, and a flag whose next
// word is user:password.
type passwordFlags struct{ joined, next, pair []string }

var (
	mysqlFlags = passwordFlags{joined: []string{"-p"}}
	mongoFlags = passwordFlags{next: []string{"-p"}}
	redisFlags = passwordFlags{next: []string{"-a", "--pass", "auth", "AUTH"}}
	tools      = map[string]passwordFlags{
		"mysql": mysqlFlags, "mysqladmin": mysqlFlags, "mysqldump": mysqlFlags, "mysqlcheck": mysqlFlags, "mysqlshow": mysqlFlags,
		"mariadb": mysqlFlags, "mariadb-admin": mysqlFlags, "mariadb-dump": mysqlFlags, "mariadb-check": mysqlFlags,
		"mongo": mongoFlags, "mongosh": mongoFlags, "mongodump": mongoFlags, "mongorestore": mongoFlags,
		"redis-cli": redisFlags, "valkey-cli": redisFlags, "keydb-cli": redisFlags,
		"sshpass": {joined: []string{"-p"}, next: []string{"-p"}},
		"curl":    {pair: []string{"-u", "--user", "--proxy-user", "-U"}},
		"sqlcmd":  {next: []string{"-P"}, joined: []string{"-P"}},
	}
	// Flags of any program. A credential's name is one by itself.
	loneFlags = []string{"requirepass", "masterauth", "basic-auth", "basicauth"}
)

// found is a span in an item of an argument vector.
type argumentSpan struct {
	item int
	Span
}

// argumentSpans finds credentials in a command by its flags, and by the shape of
// each argument.
func argumentSpans(args []string) []argumentSpan {
	words := vector(args)
	var out []argumentSpan
	add := func(item int, spans []Span) {
		for _, s := range spans {
			out = append(out, argumentSpan{item, s})
		}
	}
	tool := passwordFlags{}
	for i, w := range words {
		if w.parts {
			tool = passwordFlags{}
			continue
		}
		if t, ok := tools[path.Base(w.text)]; ok {
			tool = t
		}
		at := func(name string, from int) {
			start, end := unquote(args[w.item], w.start+from, w.end)
			add(w.item, partSpans(name, args[w.item], start, end))
		}
		name, _, assigns := strings.Cut(w.text, "=")
		bare := strings.TrimLeft(name, "-")
		flag := bare != name
		wanted := Credential(bare) || slices.Contains(loneFlags, strings.ToLower(bare))
		behind := slices.IndexFunc(tool.joined, func(p string) bool { return strings.HasPrefix(w.text, p) && len(w.text) > len(p) })
		switch {
		case behind >= 0:
			at("password", len(tool.joined[behind]))
		case assigns && wanted:
			at("password", len(name)+1)
		case pairAt(tool, w.text) > 0:
			at("password", pairAt(tool, w.text))
		case flag && wanted && !assigns:
			if next, ok := value(words, i); ok {
				add(next.item, partSpans("password", args[next.item], next.start, next.end))
			}
		case slices.Contains(tool.next, w.text):
			if next, ok := value(words, i); ok {
				add(next.item, partSpans("password", args[next.item], next.start, next.end))
			}
		case slices.Contains(tool.pair, w.text):
			if next, ok := value(words, i); ok {
				if n := strings.IndexByte(next.text, ':'); n >= 0 {
					add(next.item, partSpans("password", args[next.item], next.start+n+1, next.end))
				}
			}
		}
	}
	for i, a := range args {
		add(i, textSpans(a, false))
	}
	return tidyArguments(out, len(args))
}

// pairAt is where the password begins in a flag with user:password right behind it, 0
// for others. Of programs that are not known to take one, it has to look like a password:
// user:group is written so, too.
func pairAt(tool passwordFlags, text string) int {
	name, rest, assigns := strings.Cut(text, "=")
	from := len(name) + 1
	if !assigns || !slices.Contains(tool.pair, name) && name != "--user" {
		if len(tool.pair) == 0 || !strings.HasPrefix(text, "-u") || len(text) == len("-u") {
			return 0
		}
		from = len("-u")
		rest = text[from:]
	}
	user, password, ok := strings.Cut(rest, ":")
	if !ok || password == "" || len(tool.pair) == 0 && (classes(password) < 2 || user == "") {
		return 0
	}
	return from + len(user) + 1
}

// value is the word behind a flag, when it can be the flag's value.
func value(words []word, i int) (word, bool) {
	if i+1 >= len(words) {
		return word{}, false
	}
	next := words[i+1]
	return next, !next.parts && !strings.HasPrefix(next.text, "--")
}

// unquote leaves quotes around a part out.
func unquote(text string, start, end int) (int, int) {
	if end-start >= 2 && (text[start] == '"' || text[start] == '\'') && text[end-1] == text[start] {
		return start + 1, end - 1
	}
	return start, end
}

func tidyArguments(all []argumentSpan, items int) []argumentSpan {
	byItem := make([][]Span, items)
	for _, s := range all {
		byItem[s.item] = append(byItem[s.item], s.Span)
	}
	out := all[:0]
	for item, spans := range byItem {
		for _, s := range tidy(spans) {
			out = append(out, argumentSpan{item, s})
		}
	}
	return out
}

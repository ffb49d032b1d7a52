package profiles

import (
	"path"
	"slices"
	"strings"
	"unicode"
)

// Redacted stands in the place of a value that looked like a secret.
const Redacted = "[redacted]"

const (
	maxArgs     = 32  // arguments kept of a vector
	maxArgBytes = 200 // bytes kept of one argument, the mark of a cut included
	cutMark     = "…"
	// maxTextBytes bounds RedactText.
	maxTextBytes = 4096
)

// RedactArgs returns a copy of an argument vector that is fit to be kept: values
// that look like secrets are replaced by [Redacted], at most 32 arguments are
// kept, and at most 200 bytes of each. It errs on the side of hiding too much.
// Redacting what was redacted changes nothing.
func RedactArgs(args []string) []string {
	if args == nil {
		return nil
	}
	out := slices.Clone(args[:min(len(args), maxArgs)])
	return settle(out, func(list []string) []string {
		for i, s := range list {
			list[i] = cutString(s, maxArgBytes)
		}
		return redactWords(list)
	})
}

// RedactText does the same for one line of text, such as a shell command, up to
// 4096 bytes.
func RedactText(s string) string {
	return settle([]string{s}, func(list []string) []string {
		return []string{redactLine(cutString(list[0], maxTextBytes))}
	})[0]
}

// settle repeats a pass until nothing changes any more, because cutting and
// replacing can lay bare what then looks like a secret. What will not settle is
// hidden as a whole.
func settle(list []string, pass func([]string) []string) []string {
	const passes = 8
	for range passes {
		next := pass(slices.Clone(list))
		if slices.Equal(next, list) {
			return list
		}
		list = next
	}
	for i := range list {
		list[i] = Redacted
	}
	return list
}

// redactWords redacts the words of one command, each of which may be a line of
// text itself ("sh", "-c", "mysql -psecret").
func redactWords(words []string) []string {
	var w wordState
	for i, s := range words {
		words[i] = w.next(s)
	}
	return words
}

// redactLine redacts a text, keeping the white space between its words.
func redactLine(s string) string {
	var b strings.Builder
	var w wordState
	s = redactPatterns(s)
	for len(s) > 0 {
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end < 0 {
			end = len(s)
		}
		if end > 0 {
			b.WriteString(w.next(s[:end]))
			s = s[end:]
		}
		end = strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) })
		if end < 0 {
			end = len(s)
		}
		b.WriteString(s[:end])
		s = s[end:]
	}
	return b.String()
}

// wordState carries what earlier words say about the next one.
type wordState struct {
	expect  bool // the word before asked for a secret
	command string
}

// next redacts one word in the light of those before it.
func (w *wordState) next(s string) string {
	expected := w.expect
	w.expect = false
	if expected && s != "" && !strings.HasPrefix(s, "--") {
		return Redacted
	}
	if name := path.Base(s); secretFlags[name] != nil {
		w.command = name
		return s
	}
	if strings.IndexFunc(s, unicode.IsSpace) >= 0 {
		return redactLine(s)
	}
	for _, f := range secretFlags[w.command] {
		if s == f {
			w.expect = true
			return s
		}
		if rest, ok := strings.CutPrefix(s, f); ok && !strings.HasPrefix(rest, "-") && !strings.HasPrefix(f, "--") {
			return f + Redacted
		}
	}
	if key, ok := strings.CutPrefix(s, "-"); ok && !strings.ContainsAny(s, "=:") && secretKey(strings.TrimPrefix(key, "-")) {
		w.expect = len(key) > 1
		return s
	}
	return redactPatterns(s)
}

// secretFlags are the short options with which well-known commands take a secret,
// as the next word or in the same one.
var secretFlags = map[string][]string{
	"mysql": {"-p"}, "mysqldump": {"-p"}, "mysqladmin": {"-p"}, "mysqlimport": {"-p"}, "mysqlcheck": {"-p"},
	"mariadb": {"-p"}, "mariadb-dump": {"-p"}, "mariadb-admin": {"-p"},
	"mongo": {"-p"}, "mongosh": {"-p"}, "mongodump": {"-p"}, "mongorestore": {"-p"},
	"redis-cli": {"-a"}, "valkey-cli": {"-a"}, "keydb-cli": {"-a"},
	"sshpass": {"-p"}, "curl": {"-u"}, "wget": {}, "sqlcmd": {"-P"},
	"ldapsearch": {"-w"}, "ldapmodify": {"-w"}, "ldapadd": {"-w"},
	"smbclient": {"-U"}, "rabbitmqadmin": {"-p"}, "cqlsh": {"-p"}, "influx": {"-p", "-t"},
}

// cutString keeps at most limit bytes, the mark of the cut included.
func cutString(s string, limit int) string {
	if !boundString(&s, limit) {
		return s
	}
	boundString(&s, limit-len(cutMark))
	return s + cutMark
}

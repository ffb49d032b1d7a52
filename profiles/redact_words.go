package profiles

import (
	"path"
	"slices"
	"strings"
	"unicode"
)

// wordState carries what earlier words say about the next one.
type wordState struct {
	line    bool // the words are of a line that a shell reads: quotes have a meaning
	command string
	expect  asked
	left    int  // how many words the word before asked for
	quote   byte // of a secret that goes on until it is closed
}

// shellSigns may stand before or behind a word of a line.
const shellSigns = "\"'(){};&|$`"

// asked is what a word says about the one after it.
type asked int

const (
	askedNothing asked = iota
	askedSecret
	askedKey  // a secret, or the path of a file with it
	askedUser // user:password
)

// next redacts one word in the light of those before it.
func (w *wordState) next(s string) string {
	if w.quote != 0 {
		if strings.IndexByte(s, w.quote) >= 0 {
			w.quote = 0
		}
		return Redacted
	}
	if w.expect != askedNothing {
		if strings.Trim(s, `"'`) == "" {
			return s // an empty word: the secret is the one after it
		}
		if out, ok := w.answer(s); ok {
			return out
		}
	}
	w.expect = askedNothing
	if name := path.Base(strings.Trim(s, shellSigns)); secretFlags[name] != nil {
		w.command = name
		return s
	}
	if out, ok := w.assigned(s); ok {
		return out
	}
	if strings.IndexFunc(s, unicode.IsSpace) >= 0 {
		return redactLine(s)
	}
	for _, f := range secretFlags[w.command] {
		if s == f {
			w.ask(askedSecret, 1)
			return s
		}
		if rest, ok := strings.CutPrefix(s, f); ok && !strings.HasPrefix(rest, "-") && !strings.HasPrefix(f, "--") {
			return f + Redacted
		}
	}
	if w.question(s) {
		return s
	}
	return redactPatterns(s)
}

func (w *wordState) ask(what asked, words int) { w.expect, w.left = what, words }

// answer redacts a word that was asked for; false when it is none.
func (w *wordState) answer(s string) (string, bool) {
	what := w.expect
	if w.left--; w.left <= 0 {
		w.expect = askedNothing
	}
	if strings.HasPrefix(s, "--") {
		return "", false
	}
	bare := s
	if w.line {
		bare = strings.TrimLeft(s, `"'`)
	}
	switch {
	case what == askedKey && pathLike(bare):
		return redactPatterns(s), true
	case what == askedUser:
		user, ok := userOf(bare)
		if !ok {
			return "", false
		}
		w.open(s)
		return user + ":" + Redacted, true
	}
	w.open(s)
	if at := strings.LastIndex(s, `\n`); at >= 0 { // printf 'requirepass x\nmasterauth y'
		w.question(s[at:])
	}
	return Redacted, true
}

// open notes that a quoted secret goes on in the next word.
func (w *wordState) open(s string) {
	if w.line && (s[0] == '"' || s[0] == '\'') && strings.Count(s, s[:1])%2 == 1 {
		w.quote = s[0]
	}
}

// assigned redacts an option with its value in one word, which may have spaces.
func (w *wordState) assigned(s string) (string, bool) {
	name, value, ok := strings.Cut(s, "=")
	flag := strings.TrimLeft(name, `"'`)
	if !ok || value == "" || !strings.HasPrefix(flag, "-") || strings.ContainsAny(name, " \t\n:/") {
		return "", false
	}
	flag = strings.TrimLeft(flag, "-")
	bare := value
	if w.line {
		bare = strings.TrimLeft(value, `"'`)
	}
	if user, ok := userOf(bare); ok && userFlag(flag) {
		w.open(value)
		return name + "=" + user + ":" + Redacted, true
	}
	if w.line || !secretKey(flag) || keyName(flag) && pathLike(value) {
		return "", false
	}
	return name + "=" + Redacted, true
}

// question tells whether a word asks for a secret, and notes it.
func (w *wordState) question(s string) bool {
	if at := strings.LastIndex(s, `\n`); at >= 0 {
		s = s[at+2:]
	}
	s = strings.Trim(s, shellSigns)
	if flag, ok := strings.CutPrefix(s, "-"); ok {
		flag = strings.TrimPrefix(flag, "-")
		switch {
		case strings.ContainsAny(flag, "=:"):
		case userFlag(flag):
			w.ask(askedUser, 1)
		case len(flag) > 1 && secretKey(flag):
			w.ask(askedSecret, 1)
			if keyName(flag) {
				w.ask(askedKey, 1)
			}
		}
		return w.expect != askedNothing
	}
	switch lower := strings.ToLower(s); {
	case slices.Contains(secretWords, lower):
		w.ask(askedSecret, 1)
	case lower == "auth-pass": // of sentinel: the name of the master, then the secret
		w.ask(askedSecret, 2)
	case lower == "auth" && slices.Contains(secretFlags[w.command], "-a"): // redis-cli AUTH [user] secret
		w.ask(askedSecret, 2)
	}
	return w.expect != askedNothing
}

// secretWords are settings that stand before their secret without a sign.
var secretWords = []string{"requirepass", "masterauth", "rootpw", "storepass", "keypass", "sentinel-pass"}

// userFlag tells whether an option takes a user, and maybe a password after a colon.
func userFlag(flag string) bool {
	return slices.Contains([]string{"u", "U", "user", "proxy-user", "userpwd", "proxy-userpwd", "ftp-user", "http-user"}, flag)
}

// userOf cuts the user off "user:password"; false for a user alone, for numeric
// user and group IDs, and for addresses.
func userOf(s string) (user string, ok bool) {
	user, password, ok := strings.Cut(s, ":")
	if !ok || strings.Trim(password, `"'`) == "" || strings.HasPrefix(password, "//") || strings.HasPrefix(s, "/") {
		return "", false
	}
	return user, !allDigits(user) || !allDigits(strings.TrimRight(password, `"'`))
}

// pathLike tells whether a value is more likely the path of a file with a key than
// the key.
func pathLike(s string) bool {
	for _, start := range []string{"/", "./", "../", "~/"} {
		if strings.HasPrefix(s, start) {
			return len(s) < 32 || strings.Count(s, "/") > len(s)/16 || strings.ContainsAny(path.Base(s), ".-_")
		}
	}
	return false
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

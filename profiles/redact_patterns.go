package profiles

import (
	"math"
	"regexp"
	"slices"
	"strings"
)

const keyWords = `pass(?:word|wd|phrase|code)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|` +
	`signing[_-]?key|encryption[_-]?key|account[_-]?key|shared[_-]?key|master[_-]?key|credentials?|auth(?:orization)?|bearer|cookie`

// endWords are parts of names that count only at the end: "sortkey", "jwt".
const endWords = `pw|key|jwt|sig(?:nature)?`

var (
	// KEY=VALUE, "key": "value", key: value; the key may be part of a longer one.
	assignment = regexp.MustCompile(`(?i)([a-z0-9_.\-]*(?:` + keyWords + `|` + endWords + `)[a-z0-9_.\-]*)(["']?\s*[:=]\s*)`)
	// assigned is the value behind it.
	assigned = regexp.MustCompile(`^(?:"[^"]*"?|'[^']*'?|[^\s"'&;,]+)`)
	// scheme://user:password@host, up to the last @ of the word.
	userInfo = regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9+.\-]*://)([^\s/:@?#]*):([^\s]*)@`)
	bearer   = regexp.MustCompile(`(?i)\b(bearer|basic|digest|negotiate|token)(\s+)([A-Za-z0-9+/=_.~\-]{8,})`)
	// tokenForms are the published shapes of access tokens.
	tokenForms = regexp.MustCompile(strings.Join([]string{
		`\b(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{12,}`,               // AWS key ids
		`\bgh[opsur]_[A-Za-z0-9]{16,}`, `\bgithub_pat_\w{16,}`, // GitHub
		`\bglpat-[\w\-]{12,}`,   // GitLab
		`\bxox[a-z]-[\w\-]{8,}`, // Slack
		`\b[srp]k[-_](?:live|test|proj|ant)?[-_]?\w[\w\-]{15,}`, // Stripe and others
		`\bAIza[\w\-]{30,}`, // Google
		`\b(?:npm|dckr_pat|hvs|hvb|pypi)[_.\-][\w\-]{16,}`, // registries, Vault
		`\beyJ[\w\-]{6,}\.[\w\-]+(?:\.[\w\-]*)*`,           // JSON web tokens
	}, "|"))
	privateKey = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY`)
	// longWord is a stretch that may be an encoded secret.
	longWord   = regexp.MustCompile(`[A-Za-z0-9+_=\-]{24,}`)
	base64Word = regexp.MustCompile(`[A-Za-z0-9+/]{32,}={0,2}`)
	hexWord    = regexp.MustCompile(`^[0-9a-fA-F\-]+$`)
)

// redactPatterns replaces what looks like a secret by itself.
func redactPatterns(s string) string {
	if privateKey.MatchString(s) {
		return Redacted
	}
	// Before assignments, which would hide the word "Bearer" and not what follows.
	s = replaceGroups(bearer, s, func(g []string) string { return g[1] + g[2] + Redacted })
	s = redactStatements(s)
	s = redactAssignments(s)
	s = replaceGroups(userInfo, s, func(g []string) string {
		if port, _, _ := strings.Cut(g[3], "/"); port != g[3] && allDigits(port) {
			return g[0] // a port, and an @ further on
		}
		return g[1] + g[2] + ":" + Redacted + "@"
	})
	s = tokenForms.ReplaceAllString(s, Redacted)
	s = longWord.ReplaceAllStringFunc(s, func(w string) string {
		if looksRandom(w) {
			return Redacted
		}
		return w
	})
	if !strings.HasPrefix(s, "/") && !strings.HasPrefix(s, ".") {
		s = base64Word.ReplaceAllStringFunc(s, func(w string) string {
			if strings.Count(w, "/") <= len(w)/16 && classes(w) >= 3 && entropy(w) >= 4.2 {
				return Redacted
			}
			return w
		})
	}
	return s
}

// redactAssignments redacts KEY=VALUE and the like, also where one stands in the
// value of another. It looks at each place once: lines may be long and hostile.
func redactAssignments(s string) string {
	var b strings.Builder
	for {
		m := assignment.FindStringSubmatchIndex(s)
		if m == nil {
			b.WriteString(s)
			return b.String()
		}
		key, sign := s[m[2]:m[3]], s[m[4]:m[5]]
		b.WriteString(s[:m[1]])
		s = s[m[1]:]
		// "key: value" is any list of keys and values.
		if !secretKey(key) || endsInKey(key) && strings.Contains(sign, ":") {
			continue
		}
		value := assigned.FindString(s)
		quote := ""
		if value != "" && (value[0] == '"' || value[0] == '\'') {
			quote = value[:1]
		}
		if value == "" || keyName(key) && pathLike(strings.Trim(value, quote)) {
			continue
		}
		b.WriteString(quote + Redacted + quote)
		s = s[len(value):]
	}
}

func replaceGroups(p *regexp.Regexp, s string, f func([]string) string) string {
	return p.ReplaceAllStringFunc(s, func(m string) string {
		if g := p.FindStringSubmatch(m); g != nil {
			return f(g)
		}
		return m
	})
}

var (
	keyPart    = regexp.MustCompile(`(?i)` + keyWords)
	keySpot    = regexp.MustCompile(`[A-Z]?[a-z0-9]+|[A-Z0-9]+`)
	shortWords = []string{"pass", "pwd", "auth", "token", "cookie", "pw"}
)

// secretKey tells whether a name is one under which secrets are kept. Names of
// files with secrets in them (PASSWORD_FILE) are not.
func secretKey(name string) bool {
	lower := strings.ToLower(strings.TrimRight(name, `"'`))
	for _, end := range []string{"file", "path", "_dir", "-dir"} {
		if strings.HasSuffix(lower, end) {
			return false
		}
	}
	return namesSecret(name) || endsInKey(name)
}

// namesSecret is [secretKey] for all words but "key".
func namesSecret(name string) bool {
	name = strings.TrimRight(name, `"'`)
	lower := strings.ToLower(name)
	for _, m := range keyPart.FindAllString(lower, -1) {
		if !slices.Contains(shortWords, m) {
			return true
		}
	}
	// Short words count only as words of their own: "author" and "bypass" are none.
	for _, w := range keySpot.FindAllString(name, -1) {
		if slices.Contains(shortWords, strings.ToLower(w)) {
			return true
		}
	}
	// … or at the end of one: "requirepass".
	last := lastWord(lower)
	if slices.Contains(otherWords, last) {
		return false
	}
	return slices.Contains(lastWords, last) ||
		slices.ContainsFunc(lastParts, func(end string) bool { return strings.HasSuffix(last, end) })
}

// endsInKey tells whether a name ends in "key" and may be that of a secret one.
func endsInKey(name string) bool {
	lower := strings.ToLower(strings.TrimRight(name, `"'`))
	return strings.HasSuffix(lower, "key") && !namesSecret(name) &&
		!strings.Contains(lower, "pub") && !slices.Contains(otherWords, lastWord(lower))
}

// keyName tells whether a name is that of a key, which often is in a file that is
// named in its place.
func keyName(name string) bool {
	return strings.HasSuffix(strings.ToLower(strings.TrimRight(name, `"'`)), "key")
}

func lastWord(lower string) string {
	return lower[1+strings.LastIndexAny(lower, "-_."):]
}

var (
	lastWords = []string{"jwt", "sig", "signature"}
	lastParts = []string{"pass", "passwd", "auth", "pw", "pwd", "token"}
	// otherWords end like secrets and are none.
	otherWords = []string{"bypass", "compass", "encompass", "overpass", "surpass", "trespass", "underpass",
		"donkey", "hotkey", "jockey", "monkey", "turkey", "whiskey"}
)

// looksRandom tells whether a long word is more likely a key than a name.
func looksRandom(w string) bool {
	if hexWord.MatchString(w) {
		return len(strings.ReplaceAll(w, "-", "")) >= 32
	}
	longest := 0
	for _, part := range strings.FieldsFunc(w, func(r rune) bool { return r == '-' || r == '_' || r == '=' || r == '+' }) {
		if strings.ContainsAny(part, "0123456789") {
			longest = max(longest, len(part))
		}
	}
	switch {
	case longest < 12:
		return false
	case classes(w) >= 3:
		return entropy(w) >= 3.5
	}
	return len(w) >= 32 && longest >= 20 && entropy(w) >= 3.5
}

// classes counts the kinds of characters: lower case, upper case, digits.
func classes(s string) (n int) {
	for _, set := range []string{"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"} {
		if strings.ContainsAny(s, set) {
			n++
		}
	}
	return n
}

// entropy is Shannon's, in bits a byte.
func entropy(s string) (bits float64) {
	var count [256]int
	for i := range len(s) {
		count[s[i]]++
	}
	for _, c := range count {
		if c > 0 {
			p := float64(c) / float64(len(s))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}

func allDigits(s string) bool {
	return strings.Trim(s, "0123456789") == "" && s != ""
}

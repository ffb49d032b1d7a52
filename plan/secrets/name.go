package secrets

import (
	"regexp"
	"slices"
	"strings"
)

// Of names in upper case with words parted by "_": what makes one a credential's.
var (
	credentialParts = []string{"PASSWORD", "PASSPHRASE", "PASSWD", "TOKEN", "SECRET", "API_KEY", "APIKEY", "PRIVATE_KEY",
		"ACCESS_KEY", "ENCRYPTION_KEY", "MASTER_KEY", "SIGNING_KEY", "SETUP_KEY", "LICENSE_KEY", "AUTH_KEY", "AUTHKEY",
		"CREDENTIAL", "AUTH_CODE", "AUTHCODE", "CONNECTION_STRING", "ERLANG_COOKIE"}
	credentialEnds = []string{"_PASS", "_PWD", "_PW", "_SALT", "_DSN", "_AES_KEY", "_APP_KEY", "_PSK", "_PAT"}
	credentialAll  = []string{"PASS", "PW", "SALT", "DSN", "APP_KEY", "AES_KEY", "REQUIREPASS", "MASTERAUTH", "MASTERUSER_PASS", "PSK",
		"NEO4J_AUTH", "REDISCLI_AUTH", "BASIC_AUTH", "HTTP_BASIC_AUTH", "BASICAUTH", "HTPASSWD"}
	// vagueEnds are names of credentials only with a value that looks drawn by lot.
	vagueEnds = []string{"_KEY", "_IV", "_AUTH", "_CREDS", "_HASH", "_SEED", "_CODE", "_PIN", "_COOKIE"}

	// Names that speak about a credential and hold none.
	harmlessStarts = []string{"ALLOW_EMPTY_", "RANDOM_", "NO_", "SKIP_", "DISABLE_", "ENABLE_", "REQUIRE_", "ALLOW_", "USE_", "SHOW_", "HIDE_"}
	harmlessParts  = []string{"_RANDOM_", "_ALLOW_EMPTY_", "TOKENIZER", "PASSWORDLESS", "PUBLIC_KEY", "PUBLIC_TOKEN"}
	harmlessEnds   = []string{"_FILE", "_SECRETFILE", "_PATH", "_DIR", "_TYPE", "_ALGORITHM", "_METHOD", "_HEADER", "_ENDPOINT", "_HOST",
		"_PORT", "_USER", "_USERS", "_USERNAME", "_ENABLED", "_PROVIDER", "_AUDIENCE", "_ISSUER", "_PLUGIN", "_REGEX", "_ONETIME", "_NAME"}
	// tuning names hold an amount; with a value that is none they are judged as others.
	tuning = regexp.MustCompile(`(^|_)(TTL|EXPIR[A-Z]*|LENGTH|LEN|LIMIT|POLICY|SIZE|MAX|MIN|COUNT|TIMEOUT|INTERVAL|ROUNDS|LIFETIME|AGE|DAYS|HOURS|MINUTES|SECONDS|RETRIES|ATTEMPTS|VALIDITY|DURATION|TOKENS|COST|BITS|VERSION)(_|$)`)
)

// credential is how surely a name is that of a credential.
type credential int

const (
	harmless credential = iota
	vague               // when the value looks like one
	certain
)

// Credential tells whether a variable, label, flag or key of this name holds a
// credential, whatever its value is.
func Credential(name string) bool { return judge(name) == certain }

func judge(name string) credential {
	n := normalName(name)
	switch {
	case n == "" || n == "PWD" || n == "OLDPWD" || strings.HasPrefix(n, "FILE__"):
		return harmless
	case slices.ContainsFunc(harmlessStarts, prefixOf(n)), slices.ContainsFunc(harmlessParts, partOf(n)), slices.ContainsFunc(harmlessEnds, suffixOf(n)):
		return harmless
	case slices.Contains(credentialAll, n), slices.ContainsFunc(credentialParts, partOf(n)), slices.ContainsFunc(credentialEnds, suffixOf(n)):
		return certain
	case slices.ContainsFunc(vagueEnds, suffixOf(n)) || n == "KEY":
		return vague
	}
	return harmless
}

func prefixOf(s string) func(string) bool {
	return func(p string) bool { return strings.HasPrefix(s, p) }
}
func suffixOf(s string) func(string) bool {
	return func(p string) bool { return strings.HasSuffix(s, p) }
}
func partOf(s string) func(string) bool { return func(p string) bool { return strings.Contains(s, p) } }

// normalName is a name in upper case, its words parted by "_": "accessToken",
// "access-token" and "access.token" are ACCESS_TOKEN.
func normalName(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'a' && c <= 'z':
			b.WriteByte(c - 'a' + 'A')
		case c >= 'A' && c <= 'Z':
			if i > 0 && name[i-1] >= 'a' && name[i-1] <= 'z' {
				b.WriteByte('_')
			}
			b.WriteByte(c)
		case isDigit(c):
			b.WriteByte(c)
		default:
			b.WriteByte('_')
		}
	}
	return strings.Trim(b.String(), "_")
}

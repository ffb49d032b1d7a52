package secrets

import (
	"math"
	"regexp"
	"slices"
	"strings"
)

var (
	switches    = []string{"true", "false", "yes", "no", "on", "off", "y", "n", "0", "1", "null", "nil", "none", "enabled", "disabled"}
	quantity    = regexp.MustCompile(`^[\d\s.,*()+/_-]*\d[\d\s.,*()+/_-]*[A-Za-z]{0,7}$`)
	filePath    = regexp.MustCompile(`^(?:~|\.{1,2})?(?:/[A-Za-z0-9._@-]+)+/?$`)
	plainURL    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)
	placeholder = regexp.MustCompile(`^(?:\*+|<[A-Za-z _.,-]*>|x{3,}|\.{3,}|-+|user_provided)$`) // the last asks the user, in one application
	publicStart = []string{"ssh-rsa ", "ssh-ed25519 ", "ssh-dss ", "ecdsa-sha2-", "-----BEGIN PUBLIC KEY", "-----BEGIN CERTIFICATE",
		"-----BEGIN RSA PUBLIC KEY", "-----BEGIN PGP PUBLIC"}
)

// exempt tells that a value of a credential's name is none: empty, a switch, an
// amount, a path, an address, a public key. The value is as the container would
// have it.
func exempt(name, value string) bool {
	v := strings.TrimSpace(value)
	v = strings.TrimSpace(strings.Trim(v, `"'`))
	n := normalName(name)
	switch {
	case v == "" || slices.Contains(switches, strings.ToLower(v)) || placeholder.MatchString(v):
		return true
	case slices.ContainsFunc(publicStart, func(p string) bool { return strings.HasPrefix(v, p) }):
		return true
	case tuning.MatchString(n) && quantity.MatchString(v):
		return true
	case isPath(v) && !(passwordName(n) && strings.HasPrefix(v, "/")) || strings.HasPrefix(v, "/run/secrets/") || strings.HasPrefix(v, "file://"):
		return true
	case strings.HasPrefix(v, "$(") || commandOutput.MatchString(v) || shellReference(v):
		return true // what a shell in the container fills in
	case plainURL.MatchString(v) && !strings.HasSuffix(n, "DSN"):
		return true // user parts, and credentials in the query, are looked for by themselves
	}
	return false
}

// commandOutput is what a shell takes from a command that has an argument, or a path.
var commandOutput = regexp.MustCompile("^`[^`]*[ /][^`]*`")

// passwordName tells names of what a person may have thought of: such a value may begin
// with a slash, and is no path.
func passwordName(normal string) bool { return passwords.MatchString(normal) }

var passwords = regexp.MustCompile(`(?:PASSWORD|PASSWD|PASSPHRASE|(?:^|_)PASS|_PWD|_PW)$`)

// shellReference tells that a value is $NAME, ${NAME} or ${1} for a shell.
func shellReference(v string) bool {
	if !strings.HasPrefix(v, "$") {
		return false
	}
	if n, ok := strings.CutPrefix(v, "${"); ok && strings.Trim(n, "0123456789") == "}" {
		return true
	}
	r, ok := referenceAt(v, 0)
	return ok && r.end == len(v) && !r.hasDefault()
}

// isPath tells paths from secrets in base64, which may begin with a slash, too.
func isPath(v string) bool {
	if !filePath.MatchString(v) {
		return false
	}
	for _, part := range strings.Split(v, "/") {
		if len(part) >= 20 && drawn(part) {
			return false
		}
	}
	return true
}

// drawn tells whether a value looks like one that was drawn by lot.
func drawn(v string) bool {
	if len(v) < 16 || strings.ContainsAny(v, " \t\n") {
		return false
	}
	return entropy(v) >= 3 && classes(v) >= 2
}

// entropy is in bits per byte, from the frequencies in the text itself.
func entropy(v string) float64 {
	var counts [256]int
	for i := range len(v) {
		counts[v[i]]++
	}
	sum := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(v))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}

// classes counts the sorts of characters: lower case, upper case, digits.
func classes(v string) int {
	var lower, upper, digit int
	for i := range len(v) {
		switch c := v[i]; {
		case c >= 'a' && c <= 'z':
			lower = 1
		case c >= 'A' && c <= 'Z':
			upper = 1
		case isDigit(c):
			digit = 1
		}
	}
	return lower + upper + digit
}

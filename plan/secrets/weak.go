package secrets

import (
	"slices"
	"strings"
)

// wellKnown are words that passwords are made of, without digits and signs.
var wellKnown = []string{"password", "passwd", "passw", "pass", "pwd", "secret", "mysecret", "mysecretpassword", "mypassword", "supersecret",
	"admin", "administrator", "root", "toor", "user", "guest", "test", "testing", "demo", "example", "sample", "default", "changeme",
	"changeit", "change", "letmein", "welcome", "hello", "hunter", "qwerty", "qwertz", "abc", "abcd", "abcdef", "login", "master", "access",
	"token", "key", "dev", "develop", "development", "local", "localhost", "docker", "postgres", "postgresql", "mysql", "mariadb", "mongo",
	"mongodb", "redis", "rabbit", "rabbitmq", "guestguest", "minio", "minioadmin", "grafana", "wordpress", "nextcloud", "gitea", "elastic", "sa",
	"somewordpress", "rootpassword", "rootpass", "dbpass", "dbpassword", "database", "app", "secretkey", "yoursecretkeyhere", "yourpassword",
	"strongpassword", "yourstrongpassword", "changethis", "replaceme", "insecure", "sonic", "iloveyou", "monkey", "dragon"}

// Weak tells that a password is one of the first that anybody tries: short, a well
// known word with or without digits behind it, or one of the names given, such as
// the service's.
func Weak(value string, names ...string) bool {
	letters := lettersOf(value)
	switch {
	case len(value) < 8, entropy(value) < 2:
		return true
	case slices.Contains(wellKnown, letters):
		return true
	case slices.ContainsFunc(names, func(n string) bool { return len(n) > 2 && letters == lettersOf(n) }):
		return true
	}
	return len(value) < 12 && classes(value) < 2
}

func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(s))
}

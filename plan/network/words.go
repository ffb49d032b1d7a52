package network

import "strings"

// addressWords end the names of settings whose value is an address.
var addressWords = set(`host hosts hostname hostnames server servers addr addrs address addresses url urls uri uris
	endpoint endpoints upstream upstreams backend backends target targets peer peers node nodes broker brokers
	master primary replica replicas slave seed seeds dsn source gateway remote quorum link links cluster
	replicaof slaveof bootstrap`)

// directives name an address in the configuration of a server.
var directives = set("proxy_pass fastcgi_pass uwsgi_pass scgi_pass grpc_pass memcached_pass reverse_proxy php_fastcgi")

// hostFlags are short options that are followed by an address.
var hostFlags = set("-h -H")

// callers are programs whose argument is an address.
var callers = set("ping nc ncat telnet nslookup dig getent wait-for wait-for-it wait-for.sh wait-for-it.sh wait-for-it.sh dockerize curl wget ssh")

// secretWords end the names of settings whose value is looked at only for the host
// in a URL.
var secretWords = set("password passwd pass pwd secret secrets token key keys auth salt credential credentials cookie")

// nameWords end the names of settings whose value is a name of something that is no
// service: that a database is called like a service says nothing.
var nameWords = set(`db database dbname name user username login env environment mode profile profiles prefix suffix
	schema realm id title label tag version image path dir directory file level role group team org organization bucket
	topic queue index collection vhost namespace theme lang locale tz shell home email command module app application
	project package class encoding format charset plugin plugins region zone algorithm issuer audience scope scopes
	workers target_db basename`)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// lastWord is the last word of a setting's name in lower case, numbers left out, and
// how many words there are: "DB_HOST_1", "spring.redis.host", "dbHost" end in "host".
func lastWord(key string) (word string, words int) {
	var parts []string
	start := 0
	flush := func(end int) {
		if part := strings.Trim(key[start:end], "0123456789"); part != "" {
			parts = append(parts, strings.ToLower(part))
		}
	}
	for i := 0; i < len(key); i++ {
		c := key[i]
		switch {
		case c == '_' || c == '.' || c == '-':
			flush(i)
			start = i + 1
		case i > start && upper(c) && lower(key[i-1]):
			flush(i)
			start = i
		}
	}
	flush(len(key))
	if len(parts) == 0 {
		return "", 0
	}
	return parts[len(parts)-1], len(parts)
}

func upper(c byte) bool { return c >= 'A' && c <= 'Z' }
func lower(c byte) bool { return c >= 'a' && c <= 'z' }
func digit(c byte) bool { return c >= '0' && c <= '9' }

// isAddressKey tells whether a setting of that name holds an address.
func isAddressKey(key string) bool {
	word, _ := lastWord(key)
	return addressWords[word] || directives[strings.ToLower(key)]
}

// isNameKey tells whether a setting of that name holds the name of something else
// than a service. A name of one word, such as DATABASE, may hold an address.
func isNameKey(key string) bool {
	word, words := lastWord(key)
	if words < 2 && (word == "db" || word == "database") {
		return false
	}
	return nameWords[word] || secretWords[word]
}

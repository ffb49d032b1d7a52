package network

import (
	"strconv"
	"strings"
)

// What sort of text is looked at decides how much context a name needs.
type textKind int

const (
	settingText textKind = iota // the value of a variable or label
	commandText                 // an argument vector, joined by spaces
	configText                  // a configuration file
)

// reference is one place in a text that names a service.
type reference struct {
	services []string
	spelled  string
	port     int    // 0 when the text tells none
	scheme   string // of the URL, "" without
}

// maxText bounds one text, maxReach how far around a name is looked.
const (
	maxText  = 256 << 10
	maxReach = 512
)

// references collects the places of a text that name services. A name that stands alone in prose is none;
// one of these has to hold:
//
//   - it is the host of a URL, or follows the "@" before one; user names, passwords
//     and paths of URLs are passed over;
//   - a port follows: name:5432, or "name 5432" in commands and files;
//   - a setting whose name ends in a word for an address comes before: host=name,
//     "upstream": "name", --db-host name, proxy_pass name;
//   - it is the argument of -h or of a program that takes an address: ping name.
func (n names) references(text string, kind textKind) []reference {
	if len(text) > maxText {
		text = text[:maxText]
	}
	var out []reference
	for i := 0; i < len(text); {
		if kind == configText && commentStarts(text, i) {
			i = lineEnd(text, i)
			continue
		}
		if !hostByte(text[i]) {
			i++
			continue
		}
		end := i
		for end < len(text) && hostByte(text[end]) {
			end++
		}
		name := strings.TrimRight(text[i:end], ".-")
		if services := n.find(name); len(services) > 0 {
			if port, scheme, ok := addressed(text, i, i+len(name), kind); ok {
				out = append(out, reference{services, name, port, scheme})
			}
		}
		i = end
	}
	return out
}

func hostByte(c byte) bool {
	return lower(c) || upper(c) || digit(c) || c == '.' || c == '-' || c == '_' || c >= 0x80
}

func commentStarts(text string, i int) bool {
	if text[i] != '#' && text[i] != ';' && !strings.HasPrefix(text[i:], "//") {
		return false
	}
	return strings.TrimLeft(text[lineStart(text, i):i], " \t") == ""
}

func lineStart(text string, i int) int {
	return strings.LastIndexByte(text[max(0, i-maxReach):i], '\n') + 1 + max(0, i-maxReach)
}

func lineEnd(text string, i int) int {
	if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(text)
}

// addressed tells whether the name at text[start:end] is an address there.
func addressed(text string, start, end int, kind textKind) (port int, scheme string, ok bool) {
	port, ported := portAfter(text[end:])
	place, scheme := urlPart(text, start, end)
	switch place {
	case urlHost:
		if !ported {
			port = schemePorts[strings.TrimPrefix(scheme, "jdbc:")]
		}
		return port, scheme, true
	case urlOther:
		return 0, "", false
	}
	before := byte(' ')
	if start > 0 {
		before = text[start-1]
	}
	if ported && !strings.ContainsRune("/:$", rune(before)) && !strings.HasSuffix(text[:start], "${") {
		return port, "", true
	}
	if !endsWord(text[end:]) || before == '/' || before == '$' {
		return 0, "", false
	}
	key, sep := settingBefore(text, start)
	spaced := strings.Trim(sep, " \t\"'") == ""
	switch {
	case key == "":
	case !spaced && isAddressKey(key):
		return 0, "", true
	case spaced && sep != "" && strings.HasPrefix(key, "-") && (isAddressKey(key) || hostFlags[key]):
		return numberAfter(text[end:]), "", true
	case spaced && sep != "" && kind == commandText && callers[key]:
		return numberAfter(text[end:]), "", true
	case spaced && sep != "" && kind == configText && startsStatement(text, start, key) && isAddressKey(key):
		return numberAfter(text[end:]), "", true
	}
	if kind != settingText && strings.ContainsRune(" \t\n\"'", rune(before)) {
		if port := numberAfter(text[end:]); port > 0 {
			return port, "", true
		}
	}
	return 0, "", false
}

// portAfter reads ":5432".
func portAfter(rest string) (int, bool) {
	if len(rest) < 2 || rest[0] != ':' {
		return 0, false
	}
	return portOf(rest[1:])
}

// numberAfter reads " 5432"; numbers of one digit are hardly ports.
func numberAfter(rest string) int {
	trimmed := strings.TrimLeft(rest, " \t")
	if port, ok := portOf(trimmed); ok && port > 9 && len(trimmed) < len(rest) {
		return port
	}
	return 0
}

func portOf(text string) (int, bool) {
	n := 0
	for n < len(text) && n < 6 && digit(text[n]) {
		n++
	}
	// "redis:7-alpine" and "redis:7.2" are images.
	if n < len(text) && hostByte(text[n]) && (text[n] != '.' || n+1 < len(text) && hostByte(text[n+1])) {
		return 0, false
	}
	port, err := strconv.Atoi(text[:n])
	return port, err == nil && port > 0 && port < 65536
}

func endsWord(rest string) bool {
	return rest == "" || strings.ContainsRune(" \t\r\n\"'`,;)]}&|<>\\", rune(rest[0]))
}

const (
	noURL = iota
	urlHost
	urlOther // user, password, path or query
)

// urlPart tells which part of a URL a name is.
func urlPart(text string, start, end int) (part int, scheme string) {
	from := max(0, start-maxReach)
	word := text[from:start]
	if i := strings.LastIndexAny(word, " \t\r\n\"'`<>"); i >= 0 {
		word = word[i+1:]
	}
	i := strings.LastIndex(word, "://")
	if i < 0 {
		if strings.HasSuffix(word, "@") && len(word) > 1 && (endsWord(text[end:]) || strings.ContainsRune(":/", rune(text[end]))) {
			return urlHost, ""
		}
		return noURL, ""
	}
	scheme = schemeOf(word[:i])
	inside := word[i+3:]
	if strings.ContainsAny(inside, "/?#(") {
		if strings.HasSuffix(inside, "(") { // user@tcp(name:3306)
			return noURL, ""
		}
		if j := strings.LastIndexAny(inside, "?&"); j >= 0 && strings.HasSuffix(inside, "=") {
			if isAddressKey(inside[j+1 : len(inside)-1]) {
				return urlHost, scheme
			}
		}
		return urlOther, ""
	}
	if strings.Contains(inside, ")") {
		return urlOther, ""
	}
	// What comes before an "@" of the same authority is a user or a password.
	rest := text[end:min(len(text), end+maxReach)]
	if j := strings.IndexAny(rest, "/?#\"'` \t\r\n<>"); j >= 0 {
		rest = rest[:j]
	}
	if strings.Contains(rest, "@") {
		return urlOther, ""
	}
	if inside == "" || strings.HasSuffix(inside, "@") || strings.HasSuffix(inside, ",") {
		return urlHost, scheme
	}
	return urlOther, ""
}

func schemeOf(word string) string {
	i := len(word)
	for i > 0 && (lower(word[i-1]) || upper(word[i-1]) || digit(word[i-1])) {
		i--
	}
	return strings.ToLower(word[i:])
}

// settingBefore is the name of the setting whose value begins at start, with what
// stands between the two.
func settingBefore(text string, start int) (key, separator string) {
	i := start
	for i > 0 && start-i < 12 && strings.IndexByte(" \t\"'=:>(,[", text[i-1]) >= 0 {
		i--
	}
	separator = text[i:start]
	j := i
	for j > 0 && i-j < 128 && hostByte(text[j-1]) {
		j--
	}
	return text[j:i], separator
}

// startsStatement tells whether a setting is the first word of its line, or of a
// statement that follows another or opens a block.
func startsStatement(text string, start int, key string) bool {
	line := text[lineStart(text, start):start]
	if i := strings.LastIndexAny(line, ";{"); i >= 0 {
		line = line[i+1:]
	}
	return strings.HasPrefix(strings.TrimLeft(line, " \t"), key)
}

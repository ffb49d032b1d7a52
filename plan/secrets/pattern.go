package secrets

import (
	"regexp"
	"slices"
	"strings"

	"batten/plan"
)

// tokens are forms in which services hand out credentials.
var tokens = regexp.MustCompile(strings.Join([]string{
	`eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}`, // JSON web token
	`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`,
	`\bgh[pousr]_[A-Za-z0-9]{36,}\b`,
	`\bgithub_pat_[A-Za-z0-9_]{50,}\b`,
	`\bglpat-[A-Za-z0-9_-]{20,}`,
	`\bxox[abeprs]-[A-Za-z0-9-]{10,}`,
	`\b(?:sk|rk)_live_[A-Za-z0-9]{20,}\b`,
	`\bsk-[A-Za-z0-9_-]{20,}`,
	`\bAIza[0-9A-Za-z_-]{35}`,
	`\bdckr_pat_[A-Za-z0-9_-]{20,}`,
	`\${1,2}(?:2[abxy]|5|6|apr1|argon2(?:id|i|d))\${1,2}[A-Za-z0-9./$=,+-]{20,}`, // hash of a password
}, "|"))

// whole are forms that make all of a text one credential.
var whole = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----|` +
	`[^\s:]+:(?:\$\$?(?:2[abxy]|apr1|1|5|6|argon2[a-z]*)\$|\{SHA\})`)

// What texts hold that are worth a closer look.
var (
	tokenSigns  = []string{"eyJ", "AKIA", "ASIA", "gh", "glpat-", "xox", "_live_", "sk-", "AIza", "dckr_", "$2", "$5$", "$6$", "$apr1$", "$argon2"}
	wholeSigns  = []string{"-----BEGIN", ":$", ":{SHA}"}
	assignSigns = []string{"pass", "pwd", "secret", "token", "key", "masterauth"}
)

func anyOf(text string, signs []string) bool {
	return slices.ContainsFunc(signs, partOf(text))
}

func patterns(text string) []Span {
	if anyOf(text, wholeSigns) && whole.MatchString(text) && len(references(text)) == 0 {
		return []Span{{Start: 0, End: len(text), Value: plan.NewSensitive(unescape(text))}}
	}
	out := append(webhooks(text), schemes(text)...)
	if !anyOf(text, tokenSigns) {
		return out
	}
	for _, m := range tokens.FindAllStringIndex(text, -1) {
		out = append(out, Span{Start: m[0], End: m[1], Value: plan.NewSensitive(unescape(text[m[0]:m[1]]))})
	}
	return out
}

// assigned is a credential's name, what parts it from its value, and nothing of
// the value.
var assigned = regexp.MustCompile(`(?i)([a-z0-9_.-]*(?:passw(?:or)?d|passphrase|pass|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|requirepass|masterauth)[a-z0-9_-]*)(["']?)[ \t]*([=:])[ \t]*`)

// assignments finds password=…, "password": "…" and pwd: "…" in a text. A colon
// counts before a quoted value only, or on a line that holds nothing else.
func assignments(text string) []Span {
	var out []Span
	if !strings.ContainsAny(text, "=:") || !anyOf(strings.ToLower(text), assignSigns) {
		return nil
	}
	for _, m := range assigned.FindAllStringSubmatchIndex(text, -1) {
		name, sep, from := text[m[2]:m[3]], text[m[6]:m[7]], m[1]
		if !Credential(strings.TrimLeft(name, "-")) && !strings.EqualFold(name, "pwd") {
			continue
		}
		if from >= len(text) {
			continue
		}
		quote := text[from]
		quoted := quote == '"' || quote == '\''
		if sep == ":" && !quoted && !alone(text, m[0], from) {
			continue
		}
		if quoted {
			from++
		}
		end := valueEnd(text, from, quote, quoted)
		out = append(out, partSpans(name, text, from, end)...)
	}
	return out
}

// valueEnd is where a value ends: at its quote, or at what parts settings.
func valueEnd(text string, from int, quote byte, quoted bool) int {
	for i := from; i < len(text); i++ {
		c := text[i]
		if c == '$' {
			if r, ok := referenceAt(text, i); ok {
				i = r.end - 1
				continue
			}
		}
		if quoted && c == quote {
			return i
		}
		if !quoted && (c <= ' ' || strings.IndexByte(";&,\"'`|<>", c) >= 0) {
			return i
		}
	}
	return len(text)
}

// alone tells that a setting is one line of several, with a value without spaces.
func alone(text string, start, from int) bool {
	before := text[strings.LastIndexByte(text[:start], '\n')+1 : start]
	rest, _, many := strings.Cut(text[from:], "\n")
	rest = strings.TrimRight(rest, " \r")
	return (many || strings.Contains(text[:start], "\n")) && strings.Trim(before, " \t-") == "" &&
		rest != "" && !strings.ContainsAny(rest, " \t")
}

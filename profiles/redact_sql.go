package profiles

import (
	"regexp"
	"strings"
)

// statement is a password in SQL: PASSWORD 'x', PASSWORD('x'), SET PASSWORD FOR u =
// 'x', IDENTIFIED BY 'x', with quotes as they look inside a shell's quotes too.
var statement = regexp.MustCompile(`(?is)\b(identified\s+(?:with\s+\S+\s+)?(?:by|as)\s+(?:password\s+)?|` +
	`password\s+for\s+\S+\s*=\s*(?:password\s*)?\(?\s*|password(?:\s+\(?|\()\s*)` +
	`(` + strings.Join([]string{
	`'\\''.*?(?:'\\''|$)`,
	`'"'"'.*?(?:'"'"'|$)`,
	`\\+["'].*?(?:\\+["']|$)`,
	`'(?:[^'\\]|''|\\.)*(?:'|$)`,
	`"(?:[^"\\]|""|\\.)*(?:"|$)`,
	`\$\$.*?(?:\$\$|$)`,
}, "|") + `)`)

// bareStatement is one without quotes, which only this form allows.
var bareStatement = regexp.MustCompile(`(?i)\b(identified\s+by\s+)([^\s;,'"()\\$]+)`)

func redactStatements(s string) string {
	s = replaceGroups(statement, s, func(g []string) string {
		if strings.Trim(g[2], `\'"$`) == "" {
			return g[0] // --password '' with the secret behind it
		}
		return g[1] + "'" + Redacted + "'"
	})
	return replaceGroups(bareStatement, s, func(g []string) string {
		if strings.EqualFold(g[2], "password") || g[2] == Redacted {
			return g[0]
		}
		return g[1] + Redacted
	})
}

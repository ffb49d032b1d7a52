package secrets

import (
	"slices"
	"testing"
)

func TestCredentialsOfHeadersHooksAndPairs(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"AUTH_HEADER", "Bearer xyz", []string{"xyz"}},
		{"AUTH_HEADER", "Bearer ${T:-xyz}", []string{"xyz"}},
		{"AUTH_HEADER", "Bearer ${T}", []string{}},
		{"NOTE", "Bearer of bad news", []string{}},
		{"GITLAB_PAT", "abc", []string{"abc"}},
		{"RABBITMQ_ERLANG_COOKIE", "abc", []string{"abc"}},
		{"SESSION_COOKIE", "sid", []string{}},
		{"SLACK", "https://hooks.slack.com/services/T0/B0/abcXYZ", []string{"T0/B0/abcXYZ"}},
		{"HOOK", "https://discord.com/api/webhooks/123/abcXYZ", []string{"123/abcXYZ"}},
		{"HASH", "$$2y$$10$$abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuv", []string{"$2y$10$abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuv"}},
		{"A_PASSWORD", "/tiger", []string{"/tiger"}},
		{"A_PASSWORD", "$$tiger9", []string{"$tiger9"}},
		{"A_PASSWORD", "`tiger9`", []string{"`tiger9`"}},
		{"A_PASSWORD", "<tiger9>", []string{"<tiger9>"}},
		{"A_PASSWORD", "/run/secrets/a", []string{}},
		{"A_PASSWORD", "$$FROM_SHELL", []string{}},
		{"A_PASSWORD", "prefix${V}tiger9", []string{"tiger9"}},
		{"A_PASSWORD", "prefix-${V}", []string{}},
	} {
		if got := values(entrySpans(c.name, c.text, false)); !slices.Equal(got, c.want) {
			t.Errorf("%s=%s: found %d credentials, not %d, or others", c.name, c.text, len(got), len(c.want))
		}
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"CMD-SHELL", `curl -H "Authorization: Bearer xyz" http://x`}, []string{"xyz"}},
		{[]string{"CMD", "curl", "-H", "Authorization: Bearer xyz", "http://x"}, []string{"xyz"}},
		{[]string{"curl --user=u:pw http://x"}, []string{"pw"}},
		{[]string{"curl -uu:pw http://x"}, []string{"pw"}},
		{[]string{"app", "--user=u:Tiger9"}, []string{"Tiger9"}},
		{[]string{"app", "--user=1000:1000"}, nil},
		{[]string{"app", "--user=node:node"}, nil},
		{[]string{"app", "--token=a b"}, []string{"a b"}},
	} {
		var got []string
		for _, s := range argumentSpans(c.args) {
			got = append(got, s.Value.Reveal())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %d credentials, not %d, or others", c.args, len(got), len(c.want))
		}
	}
}

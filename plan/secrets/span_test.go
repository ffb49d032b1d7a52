package secrets

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func values(spans []Span) []string {
	out := []string{}
	for _, s := range spans {
		out = append(out, s.Value.Reveal())
	}
	return out
}

func TestEntriesThatHoldCredentials(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"POSTGRES_PASSWORD", "hunter2", []string{"hunter2"}},
		{"POSTGRES_PASSWORD", "pa$$word", []string{"pa$word"}},
		{"db.password", "x9", []string{"x9"}},
		{"accessToken", "abc", []string{"abc"}},
		{"SMTP_PASS", "123456", []string{"123456"}},
		{"DB_PWD", "q", []string{"q"}},
		{"PASS", "casaos", []string{"casaos"}},
		{"NEO4J_AUTH", "neo4j/password", []string{"neo4j/password"}},
		{"CREDS_IV", "e2341419ec3dd3d19b13a1a87fafcbfb", []string{"e2341419ec3dd3d19b13a1a87fafcbfb"}},
		{"DATABASE_URL", "postgres://u:s3cret@db:5432/x", []string{"s3cret"}},
		{"DATABASE_URL", "postgres://u:${PW:-s3cret}@db/x?sslmode=off", []string{"s3cret"}},
		{"CACHE", "redis://:abc@cache:6379/0", []string{"abc"}},
		{"CACHE", "redis://:p/ass@cache:6379/0", []string{"p/ass"}},
		{"CACHE", "redis://:p@ss@cache:6379/0", []string{"p@ss"}},
		{"POSTGRES_DSN", "postgres://u:s3cret@db/x", []string{"s3cret"}},
		{"SENTRY_DSN", "https://0123456789abcdef@sentry.example/1", []string{"https://0123456789abcdef@sentry.example/1"}},
		{"BROKERS", "amqp://a:one@x/,amqp://a:two@y/", []string{"one", "two"}},
		{"PASSWORD", "${DB_PASSWORD:-letmein}", []string{"letmein"}},
		{"PASSWORD", "${DB_PASSWORD-letmein}", []string{"letmein"}},
		{"PASSWORD", "${A:-${B:-deep}}", []string{"deep"}},
		{"ARGS", "--x=${ADMIN_TOKEN:-abc}", []string{"abc"}},
		{"JAVA_OPTS", "-Xmx1g -Dspring.datasource.password=tiger -Dx=y", []string{"tiger"}},
		{"CONNECTION", "Server=db;User Id=sa;Password=Str0ng;Encrypt=false", []string{"Str0ng"}},
		{"SETTINGS", `{"user":"a","password":"p w"}`, []string{"p w"}},
		{"KEY", "-----BEGIN RSA PRIVATE KEY-----\nabc\n", []string{"-----BEGIN RSA PRIVATE KEY-----\nabc\n"}},
		{"NOTE", "use ghp_0123456789abcdefghijABCDEFGHIJ012345 here", []string{"ghp_0123456789abcdefghijABCDEFGHIJ012345"}},
		{"AWS", "AKIAIOSFODNN7EXAMPLE", []string{"AKIAIOSFODNN7EXAMPLE"}},
		{"traefik.http.middlewares.a.basicauth.users", "me:$$apr1$$abc$$def", []string{"me:$apr1$abc$def"}},
		{"REFRESH_TOKEN_POLICY", "abc", []string{"abc"}}, // no amount
	} {
		if got := values(entrySpans(c.name, c.text, false)); !slices.Equal(got, c.want) {
			t.Errorf("%s: found %d credentials, not %d, or others", c.name, len(got), len(c.want))
		}
	}
}

func TestEntriesThatHoldNone(t *testing.T) {
	for _, c := range [][2]string{
		{"POSTGRES_PASSWORD", ""}, {"POSTGRES_PASSWORD", "  "}, {"API_KEY", `""`},
		{"POSTGRES_PASSWORD_FILE", "hunter2"}, {"OPENVPN_PASSWORD_SECRETFILE", "x"}, {"FILE__PASSWORD", "/x"},
		{"ALLOW_EMPTY_PASSWORD", "hunter2"}, {"MYSQL_RANDOM_ROOT_PASSWORD", "yes"}, {"MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "anything"},
		{"DISABLE_TOKEN", "true"}, {"USE_SECRET", "False"},
		{"TOKEN_TTL", "3600"}, {"REFRESH_TOKEN_EXPIRY", "(1000 * 60 * 60 * 24) * 7"}, {"PASSWORD_MIN_LENGTH", "8"}, {"MAX_TOKENS", "4096"},
		{"POSTGRES_PASSWORD", "${DB_PASSWORD}"}, {"POSTGRES_PASSWORD", "$DB_PASSWORD"}, {"POSTGRES_PASSWORD", "${A}${B}"},
		{"POSTGRES_PASSWORD", "${A:?say it}"}, {"POSTGRES_PASSWORD", "${A:-}"}, {"POSTGRES_PASSWORD", "${A:-${B}}"},
		{"POSTGRES_PASSWORD", "$$FROM_SHELL"}, {"POSTGRES_PASSWORD", "$$(cat /run/secrets/x)"},
		{"DATABASE_PASSWORD", "/run/secrets/db-password"}, {"SSH_KEY", "./id"}, {"SSH_PUBLIC_KEY", "ssh-ed25519 AAAA me"},
		{"TOKEN_URL", "https://a/b"}, {"API_KEY", "https://a/b"}, {"DATABASE_URL", "postgres://db:5432/x"}, {"DATABASE_URL", "postgres://u@db/x"},
		{"DATABASE_URL", "postgres://u:${PW}@db/x"}, {"URL", "http://host:80/path@2"},
		{"PWD", "/x"}, {"SORT_KEY", "name"}, {"PARTITION_KEY", "id"}, {"NEXTAUTH_URL", "http://localhost:3000"},
		{"TOKENIZERS_PARALLELISM", "x"}, {"API_KEY", "<your key>"}, {"PASSWORD", "****"}, {"POSTGRES_USER", "postgres"},
	} {
		if got := entrySpans(c[0], c[1], false); len(got) != 0 {
			t.Errorf("%s=%s: %d credentials", c[0], c[1], len(got))
		}
	}
}

func TestCommandsThatHoldCredentials(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"redis-server --requirepass abc"}, []string{"abc"}},
		{[]string{"redis-server", "--requirepass", "abc"}, []string{"abc"}},
		{[]string{"redis-server", "--requirepass abc"}, []string{"abc"}},
		{[]string{"sh", "-c", `redis-server --requirepass "a b"`}, []string{"a b"}},
		{[]string{"CMD", "mysqladmin", "ping", "-uroot", "-psecret"}, []string{"secret"}},
		{[]string{"CMD-SHELL", `mysqladmin ping --password="x y" && true`}, []string{"x y"}},
		{[]string{"CMD", "redis-cli", "auth", "abc", "ping"}, []string{"abc"}},
		{[]string{"redis-cli -a abc ping"}, []string{"abc"}},
		{[]string{"PGPASSWORD=abc psql -c 'select 1'"}, []string{"abc"}},
		{[]string{"curl -u me:abc http://x"}, []string{"abc"}},
		{[]string{"--accessAuthCode=abc --workspace=/x"}, []string{"abc"}},
		{[]string{"app", "--api-key", "abc"}, []string{"abc"}},
		{[]string{"app", "--api-key", "a b"}, []string{"a b"}},
		{[]string{`sh -c "redis-server --requirepass abc"`}, []string{"abc"}},
		{[]string{`app --password "a b" --x`}, []string{"a b"}},
		{[]string{"app", "--database", "postgres://u:abc@db/x"}, []string{"abc"}},
		{[]string{"app", "--token=${T:-abc}"}, []string{"abc"}},
		{[]string{"mongosh -u root -p abc --eval x"}, []string{"abc"}},
		{[]string{"app", "--default-authentication-plugin=mysql_native_password"}, nil},
		{[]string{"mysqladmin ping -p"}, nil},
		{[]string{"mkdir", "-p", "abc"}, nil},
		{[]string{"mysqladmin", "-p$$MYSQL_ROOT_PASSWORD"}, nil},
		{[]string{`mysqladmin --password="$$(cat /run/secrets/db-password)" --silent`}, nil},
		{[]string{"redis-server", "--requirepass", "$REDIS_PASSWORD"}, nil},
		{[]string{"app", "--token-file", "/x", "--verbose"}, nil},
		{[]string{"app", "--token", "--verbose"}, nil},
		{[]string{"app --password-file=/run/secrets/x"}, nil},
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

// hostile are texts of what parsers trip over.
var hostile = rapid.StringOfN(rapid.SampledFrom([]rune("${}:-=?+'\"\\` \n\t/@#;&|<>()[]*!aZ0_éß\u202e%,.")), 0, 24, -1)

func TestAReferenceAloneIsNeverALiteral(t *testing.T) {
	names := rapid.StringMatching(`[A-Za-z_][A-Za-z0-9_]{0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.OneOf(hostile, rapid.SampledFrom([]string{"PASSWORD", "DATABASE_URL", "API_TOKEN", "basicauth.users"})).Draw(t, "key")
		var text string
		for range rapid.IntRange(1, 3).Draw(t, "references") {
			text += "${" + names.Draw(t, "name") + "}"
		}
		if got := entrySpans(key, text, false); len(got) != 0 {
			t.Errorf("%q in %q is taken for a credential", text, key)
		}
		flag := "--" + key
		if got := argumentSpans([]string{"app", flag, text}); slices.ContainsFunc(got, func(s argumentSpan) bool { return s.item == 2 }) {
			t.Errorf("%q after %q is taken for a credential", text, flag)
		}
	})
}

func TestSpansLieInTheirTextAndApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.OneOf(hostile, rapid.SampledFrom([]string{"PASSWORD", "URL"})).Draw(t, "key")
		text := rapid.OneOf(hostile, rapid.Map(hostile, func(s string) string { return "a://b:" + s + "@c password=" + s })).Draw(t, "text")
		end := 0
		for _, s := range entrySpans(key, text, false) {
			if s.Start < end || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("span %d–%d of %d bytes, after %d", s.Start, s.End, len(text), end)
			}
			end = s.End
		}
		args := []string{text, key, text}
		for _, s := range argumentSpans(args) {
			if s.End > len(args[s.item]) || s.Start >= s.End {
				t.Fatalf("span %d–%d of item %d", s.Start, s.End, s.item)
			}
		}
	})
}

func TestALiteralIsNoLongerFoundOnceItIsAReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SampledFrom([]string{"PASSWORD", "URL", "OPTS", "NEO4J_AUTH"}).Draw(t, "key")
		text := rapid.OneOf(hostile, rapid.Map(hostile, func(s string) string { return "x://b:" + s + "@c password='" + s + "'" })).Draw(t, "text")
		for range 4 {
			spans := entrySpans(key, text, false)
			if len(spans) == 0 {
				return
			}
			text = replace(text, spans, func(Span) string { return "${X}" })
		}
		if strings.Contains(text, "${X}") && len(entrySpans(key, text, false)) > 0 {
			t.Errorf("%q in %s has a credential for ever", text, key)
		}
	})
}

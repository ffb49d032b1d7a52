package profiles

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSecretsAreHidden(t *testing.T) {
	const r = Redacted
	for _, tc := range []struct{ args, want []string }{
		{[]string{"app", "--password=hunter2"}, []string{"app", "--password=" + r}},
		{[]string{"app", "--password", "hunter2", "x"}, []string{"app", "--password", r, "x"}},
		{[]string{"app", "--token", "abc"}, []string{"app", "--token", r}},
		{[]string{"app", "-token", "abc"}, []string{"app", "-token", r}},
		{[]string{"app", "--api-key", "abc"}, []string{"app", "--api-key", r}},
		{[]string{"env", "DB_PASSWORD=x", "HOME=/root", "app"}, []string{"env", "DB_PASSWORD=" + r, "HOME=/root", "app"}},
		{[]string{"env", "dbPassword=x", "AUTH=y"}, []string{"env", "dbPassword=" + r, "AUTH=" + r}},
		{[]string{"java", "-Ddb.passwd=x"}, []string{"java", "-Ddb.passwd=" + r}},
		{[]string{"mysql", "-uroot", "-phunter2"}, []string{"mysql", "-uroot", "-p" + r}},
		{[]string{"sudo", "mysqldump", "-phunter2", "db"}, []string{"sudo", "mysqldump", "-p" + r, "db"}},
		{[]string{"/usr/bin/redis-cli", "-a", "hunter2", "ping"}, []string{"/usr/bin/redis-cli", "-a", r, "ping"}},
		{[]string{"sshpass", "-p", "x", "ssh", "h"}, []string{"sshpass", "-p", r, "ssh", "h"}},
		{[]string{"sh", "-c", "mysql -phunter2  -e 'select 1'"}, []string{"sh", "-c", "mysql -p" + r + "  -e 'select 1'"}},
		{[]string{"sh", "-c", "exec app --secret s3 --port 80"}, []string{"sh", "-c", "exec app --secret " + r + " --port 80"}},
		{[]string{"app", "postgres://me:p@ss@db:5432/x"}, []string{"app", "postgres://me:" + r + "@db:5432/x"}},
		{[]string{"app", "redis://:pw@cache"}, []string{"app", "redis://:" + r + "@cache"}},
		{[]string{"curl", "-H", "Authorization: Bearer abcdefghijkl"}, []string{"curl", "-H", "Authorization: " + r + " " + r}},
		{[]string{"curl", "https://h/?token=abc&x=1"}, []string{"curl", "https://h/?token=" + r + "&x=1"}},
		{[]string{"app", `{"user":"me","password":"two words"}`}, []string{"app", `{"user":"me","password":"` + r + `"}`}},
		{[]string{"app", "AKIAIOSFODNN7EXAMPLE"}, []string{"app", r}},
		{[]string{"app", "ghp_0123456789abcdefABCDEF0123456789abcd"}, []string{"app", r}},
		{[]string{"app", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_1"}, []string{"app", r}},
		{[]string{"app", "d41d8cd98f00b204e9800998ecf8427e"}, []string{"app", r}},
		{[]string{"app", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}, []string{"app", r}},
		{[]string{"app", "-----BEGIN RSA PRIVATE KEY-----\nMII"}, []string{"app", r}},
	} {
		if d := cmp.Diff(tc.want, RedactArgs(tc.args)); d != "" {
			t.Errorf("%q:\n%s", tc.args, d)
		}
	}
}

func TestOrdinaryArgumentsStayReadable(t *testing.T) {
	for _, args := range [][]string{
		{"redis-server", "*:6379", "--appendonly", "yes"},
		{"nginx", "-g", "daemon off;"},
		{"postgres", "-c", "config_file=/etc/postgresql/postgresql.conf"},
		{"app", "--password-file", "/run/secrets/db", "--author", "me"},
		{"env", "POSTGRES_PASSWORD_FILE=/run/secrets/db", "app"},
		{"/usr/lib/x86_64-linux-gnu/ImageMagick-6.9.11/bin-q16/convert", "a.png"},
		{"java", "-XX:+UseContainerSupport", "-XX:MaxRAMPercentage=75.0", "org.springframework.boot.loader.JarLauncher"},
		{"python3", "-m", "http.server", "8080", "--bind", "127.0.0.1"},
		{"curl", "http://web:80/path", "https://user@host/x"},
		{"tar", "-xpf", "x.tar", "--bypass"},
		nil,
	} {
		if d := cmp.Diff(args, RedactArgs(args)); d != "" {
			t.Errorf("%q:\n%s", args, d)
		}
	}
}

func TestRedactingTwiceChangesNothing(t *testing.T) {
	word := rapid.OneOf(
		rapid.StringMatching(`(--?)?(pass|token|key|x|mysql|-p|ü)?[=: ]?(sh -c )?[a-zA-Z0-9+/@:"'&_.-]{0,60}`),
		rapid.String(),
		rapid.StringMatching(`[a-z]+://[a-z:@/]{0,20}(\[redacted\])?[A-Za-z0-9]{0,220}`),
		rapid.SampledFrom([]string{Redacted, "mysql", "--token", "-p", "-pX" + Redacted, "password: " + Redacted + "x", cutMark}),
	)
	rapid.Check(t, func(t *rapid.T) {
		args := rapid.SliceOfN(word, 0, 40).Draw(t, "args")
		before := slices.Clone(args)
		once := RedactArgs(args)
		if d := cmp.Diff(once, RedactArgs(once)); d != "" {
			t.Fatal(d)
		}
		if !slices.Equal(args, before) {
			t.Fatal("the argument was changed")
		}
		if len(once) > maxArgs {
			t.Fatalf("%d arguments", len(once))
		}
		for _, s := range once {
			if len(s) > maxArgBytes || strings.ToValidUTF8(s, "") != s {
				t.Fatalf("%q: %d bytes", s, len(s))
			}
		}
		line := RedactText(strings.Join(args, " "))
		if again := RedactText(line); again != line {
			t.Fatal(cmp.Diff(line, again))
		}
	})
}

func FuzzRedactText(f *testing.F) {
	f.Add("mysql -psecret --host=db")
	f.Add("postgres://a:b@c Authorization: Bearer abcdefgh")
	f.Add(`{"password": "x"}`)
	f.Fuzz(func(t *testing.T, s string) {
		once := RedactText(s)
		if again := RedactText(once); again != once {
			t.Fatal(cmp.Diff(once, again))
		}
		if len(once) > maxTextBytes {
			t.Fatal("too long")
		}
	})
}

package profiles

import (
	"slices"
	"strings"
	"testing"
	"time"

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

func TestSecretsOfManyFormsAreHidden(t *testing.T) {
	const pw = "hunter2"
	// Each as words of a command, and then as a line of a shell.
	for _, args := range [][]string{
		{"redis-server", "--requirepass", pw},
		{"redis-server", "--masterauth", pw, "--port", "1"},
		{"redis-server", "--requirepass=" + pw},
		{"redis-cli", "config", "set", "requirepass", pw},
		{"redis-cli", "AUTH", "me", pw},
		{"keytool", "-storepass", pw, "-keypass", pw},
		{"plink", "-pw", pw},
		{"app", "--jwt=" + pw},
		{"app", "--jwt", pw},
		{"app", "--dbpasswd", pw, "--rootpassword=" + pw},
		{"app", "--clientsecret", pw, "--bottoken=" + pw},
		{"app", "--licensekey", pw, "--api.key=" + pw, "--key", pw},
		{"app", "https://h/a?sig=" + pw + "&se=1"},
		{"app", "https://h/a?x=1&key=" + pw, "https://h/?X-Amz-Signature=" + pw},
		{"app", "--user=me:" + pw},
		{"app", "--user", "me:" + pw},
		{"http", "-u", "me:" + pw},
		{"curl", "-u", "me:" + pw, "http://h"},
		{"curl", "-U", "me:" + pw, "--proxy-user", "me:" + pw},
		{"app", "--author=password=" + pw},
		{"app", "--Password", pw},
	} {
		if got := strings.Join(RedactArgs(args), " "); strings.Contains(got, pw) {
			t.Errorf("%q: %q", args, got)
		}
		line := strings.Join(args, " ")
		for _, words := range [][]string{{"sh", "-c", line}, {"sh", "-c", "(" + line + ")"}, {"bash", "-c", "x=1; " + line + "; y"}} {
			if got := strings.Join(RedactArgs(words), " "); strings.Contains(got, pw) {
				t.Errorf("%q: %q", words, got)
			}
		}
		if got := RedactText(line); strings.Contains(got, pw) {
			t.Errorf("%q: %q", line, got)
		}
	}
	for _, args := range [][]string{
		{"app", "--password", "", pw},
		{"app", "--password", pw + " and more " + pw},
		{"app", "--password=two words " + pw},
		{"sh", "-c", "app --password '' " + pw},
		{"sh", "-c", `app --password "" ` + pw + " x"},
		{"sh", "-c", "app --password 'two words " + pw + "' x"},
		{"sh", "-c", `app --password="two words ` + pw + `" x`},
		{"sh", "-c", `app -u "me:two words ` + pw + `" x`},
		{"sh", "-c", "echo requirepass " + pw + " > f"},
		{"sh", "-c", "echo 'requirepass " + pw + "' > f"},
		{"sh", "-c", `printf 'bind 0.0.0.0\nrequirepass ` + pw + `\nmasterauth ` + pw + `\n' > f`},
		{"redis-server", "-", "requirepass " + pw + "\nmasterauth \"" + pw + "\"\nport 1"},
		{"echo", "sentinel auth-pass mymaster " + pw},
		{"psql", "-c", "ALTER USER x PASSWORD '" + pw + "'"},
		{"psql", "-c", "ALTER ROLE x WITH ENCRYPTED PASSWORD 'two words " + pw + "' VALID UNTIL 'x'"},
		{"psql", "-c", "alter user x password 'a''b " + pw + "'"},
		{"psql", "-c", "alter user x password $$" + pw + "$$"},
		{"mysql", "-e", "CREATE USER 'u'@'%' IDENTIFIED BY '" + pw + "'; FLUSH PRIVILEGES"},
		{"mysql", "-e", `ALTER USER u IDENTIFIED WITH caching_sha2_password BY "` + pw + `"`},
		{"mysql", "-e", "SET PASSWORD FOR 'u'@'h' = PASSWORD('" + pw + "')"},
		{"mysql", "-e", "SET PASSWORD FOR 'u'@'h' = '" + pw + "'"},
		{"sqlplus", "alter user x identified by " + pw + ";"},
		{"sh", "-c", `psql -c "ALTER USER x PASSWORD '` + pw + `'"`},
		{"sh", "-c", `mysql -e "ALTER USER x IDENTIFIED BY \"` + pw + `\""`},
		{"sh", "-c", `psql -c 'ALTER USER x PASSWORD '\''` + pw + `'\'''`},
		{"sh", "-c", `psql -c 'ALTER USER x PASSWORD '"'"'` + pw + `'"'"''`},
	} {
		if got := strings.Join(RedactArgs(args), " "); strings.Contains(got, pw) {
			t.Errorf("%q: %q", args, got)
		}
	}
}

func TestHiddenSecretsLeaveTheRestReadable(t *testing.T) {
	const r = Redacted
	for _, tc := range []struct{ args, want []string }{
		{[]string{"redis-server", "--requirepass", "x", "--port", "1"}, []string{"redis-server", "--requirepass", r, "--port", "1"}},
		{[]string{"app", "--user=me:x", "y"}, []string{"app", "--user=me:" + r, "y"}},
		{[]string{"http", "-u", "me:x", "y"}, []string{"http", "-u", "me:" + r, "y"}},
		{[]string{"app", "--password", "", "x", "y"}, []string{"app", "--password", "", r, "y"}},
		{[]string{"psql", "-c", "ALTER USER x PASSWORD 'y' VALID"}, []string{"psql", "-c", "ALTER USER x PASSWORD '" + r + "' VALID"}},
		{[]string{"sh", "-c", "echo requirepass x > f"}, []string{"sh", "-c", "echo requirepass " + r + " > f"}},
		{[]string{"app", "https://h/a?sig=x&se=1"}, []string{"app", "https://h/a?sig=" + r + "&se=1"}},
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
		{"app", "--keyfile=/etc/x.pem", "--keyfile", "/etc/x.pem", "--keypath", "./x"},
		{"app", "--tls-key", "/etc/ssl/private/server.pem", "--ssl-key=./server.key", "--private-key", "../k"},
		{"sh", "-c", "app --tls-key /etc/ssl/x.pem --ssl-key=/etc/ssl/x.pem && sleep 1"},
		{"app", "--public-key", "abc", "--keyspace", "x", "--keepalive=5", "--monkey", "x", "--bypass", "yes", "--author=me"},
		{"app", "--passthrough", "yes", "--authority", "x", "--signal=9", "--sig-proxy=false", "--tokenizer", "x"},
		{"docker", "run", "--user=1000:1000", "-u", "1000:1000", "--user", "root", "-u", "www"},
		{"app", "-u", "http://h:80/x", "-u", "/a:/b", "--user="},
		{"echo", "please enter the password for the auth token", "key: value"},
		{"psql", "-c", "select 'password', 'x' from t"},
		{"git", "auth", "login"},
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
		rapid.SampledFrom([]string{Redacted, "mysql", "--token", "-p", "", "''", "-u", "--user=a:b", "requirepass", "redis-cli", "AUTH", "'two words'", "--key", "/x",
			"-c requirepass 'x", "PASSWORD 'x''y", `a\nrequirepass`, "identified by", "--password=a b", "key: a=b", "-pX" + Redacted, "password: " + Redacted + "x", cutMark}),
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

func TestHostileLinesAreRedactedInTime(t *testing.T) {
	for _, part := range []string{"sig_=", "sigx=sigx:", "key=", "password 'x", "identified with ", "a://b:", "-u a:b ", "AUTH \\n", `\'`, "x"} {
		line := strings.Repeat(part, 2*maxTextBytes/len(part))
		begun := time.Now()
		RedactText(line)
		RedactArgs(slices.Repeat([]string{line}, 100))
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("%q: %v", part, took)
		}
	}
}

func FuzzRedactText(f *testing.F) {
	f.Add("mysql -psecret --host=db")
	f.Add("postgres://a:b@c Authorization: Bearer abcdefgh")
	f.Add(`{"password": "x"}`)
	f.Add(`psql -c "ALTER USER x PASSWORD 'PW'" -u "a:b c" requirepass '' x`)
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

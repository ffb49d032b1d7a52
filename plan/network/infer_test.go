package network

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"batten/plan"
)

// one service named a, whose text is under test, and others whose names it may hold.
const others = `
  db: {image: postgres:16}
  redis: {image: redis:7}
  app: {image: example/app, expose: ["8000"]}
  web: {image: nginx, container_name: front, hostname: www}
  back: {image: example/back, networks: {default: {aliases: [api]}}}
`

func TestAServiceIsFoundWhereAnAddressStands(t *testing.T) {
	for name, one := range map[string]struct {
		service string
		want    []string
	}{
		"URL":                      {`environment: {DATABASE_URL: "postgres://shop:pw@db/app"}`, []string{"a>db:5432"}},
		"URL with port":            {`environment: {X: "see redis://redis:6380/0"}`, []string{"a>redis:6380"}},
		"user is no host":          {`environment: {X: "postgres://app:redis@db:5433/web"}`, []string{"a>db:5433"}},
		"path is no host":          {`environment: {X: "https://example.com/app/db"}`, nil},
		"query":                    {`environment: {X: "postgres://example.com/x?host=db&user=app"}`, []string{"a>db:5432"}},
		"several hosts":            {`environment: {X: "mongodb://app:pw@db,redis/app"}`, []string{"a>db:27017", "a>redis:27017"}},
		"Go DSN":                   {`environment: {X: "app:pw@tcp(db:3306)/app"}`, []string{"a>db:3306"}},
		"jdbc":                     {`environment: {X: "jdbc:postgresql://db/app"}`, []string{"a>db:5432"}},
		"host and port":            {`environment: {X: "db:5432"}`, []string{"a>db:5432"}},
		"bare":                     {`environment: {DB_HOST: db}`, []string{"a>db:5432"}},
		"bare with sibling":        {`environment: {DB_HOST: db, DB_PORT: "5499"}`, []string{"a>db:5499"}},
		"list":                     {`environment: {NODES: "db,redis"}`, []string{"a>db:5432", "a>redis:6379"}},
		"list form":                {`environment: ["BROKER=redis"]`, []string{"a>redis:6379"}},
		"case":                     {`environment: {DB_HOST: DB}`, []string{"a>db:5432"}},
		"a database's name":        {`environment: {POSTGRES_DB: app, POSTGRES_USER: web, FLASK_APP: app, NODE_ENV: web}`, nil},
		"a password":               {`environment: {DB_PASSWORD: db, API_KEY: "web:80", TOKEN: redis}`, nil},
		"prose":                    {`environment: {GREETING: "the web app is up", T: "app"}`, []string{"a>app:8000"}},
		"an image":                 {`environment: {RUNNER_IMAGE: "redis:7", X: "docker.io/library/redis:7"}`, nil},
		"DSN":                      {`environment: {X: "host=db port=5432 user=app dbname=web"}`, []string{"a>db:5432"}},
		"system property":          {`environment: {JAVA_OPTS: "-Xmx1g -Dspring.redis.host=redis -Dname=web"}`, []string{"a>redis:6379"}},
		"longer name":              {`environment: {DB_HOST: db.example.com, X: "my-db:1, db2:1, db-x:1"}`, nil},
		"engine's name":            {`environment: {DB_HOST: db.shop_default, R: "redis://shop-redis-1"}`, []string{"a>db:5432", "a>redis:6379"}},
		"container name":           {`environment: {U: "http://front"}`, []string{"a>web:80"}},
		"host name":                {`environment: {U: "http://www:81/"}`, []string{"a>web:81"}},
		"alias":                    {`environment: {API_URL: "http://api:9000"}`, []string{"a>back:9000"}},
		"flag":                     {`command: ["serve", "--db-host", "db", "--cache-server=redis", "--name", "web"]`, []string{"a>db:5432", "a>redis:6379"}},
		"worker name":              {`command: celery -A app worker -l info`, nil},
		"shell":                    {`command: sh -c "until nc -z db 5433; do sleep 1; done; exec app"`, []string{"a>db:5433"}},
		"wait-for":                 {`entrypoint: ["wait-for-it", "redis", "--", "run"]`, []string{"a>redis:6379"}},
		"health check":             {`healthcheck: {test: [CMD, redis-cli, -h, redis, ping]}`, []string{"a>redis:6379"}},
		"health check of its own":  {`healthcheck: {test: curl -f http://localhost:80/app}`, nil},
		"label":                    {`labels: {forward.address: "http://app:8001", title: web}`, []string{"a>app:8001"}},
		"depends_on":               {`depends_on: [app]`, []string{"a>app:8000"}},
		"a task that ends before":  {`depends_on: {app: {condition: service_completed_successfully}}`, nil},
		"link":                     {`links: ["db:database"]`, []string{"a>db:5432"}},
		"external link":            {`external_links: ["front:x"]`, []string{"a>web:80"}},
		"the machine":              {`environment: {X: "http://host.docker.internal:3000"}`, []string{"a>host:0"}},
		"itself":                   {`environment: {X: "http://a:80"}`, nil},
		"inside of a variable":     {`environment: {X: "$${db:-x} $$db:5432"}`, nil},
		"declared twice, one edge": {`{environment: {DB_HOST: db, U: "postgres://db:5432"}, depends_on: [db]}`, []string{"a>db:5432"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := "services:\n  a:\n    image: x\n    " + one.service + others
			if strings.HasPrefix(one.service, "{") {
				text = "services:\n  a: {image: x, " + one.service[1:] + others
			}
			f := load(t, t.TempDir(), text)
			if d := cmp.Diff(one.want, arrows(Infer(f, nil))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAConfigurationFileNamesItsBackends(t *testing.T) {
	f := load(t, t.TempDir(), "services:\n  a: {image: x}"+others)
	for text, want := range map[string][]string{
		"upstream u { server app:8000; server back; }\n":             {"a>app:8000", "a>back:0"},
		"location / {\n  proxy_pass http://app;\n}":                  {"a>app:80"},
		"  fastcgi_pass app;\n":                                      {"a>app:8000"},
		"# server app:8000;\n// http://db\n":                         nil,
		"the web app and the db are described here\nserver of app":   nil,
		"scrape_configs:\n- targets: ['app:9090', \"redis:9121\"]\n": {"a>app:9090", "a>redis:9121"},
		"database:\n  host: db\n  name: app\n":                       {"a>db:5432"},
		"replicaof redis 6380\n":                                     {"a>redis:6380"},
		`{"host": "db", "database": "web"}`:                          {"a>db:5432"},
		"$c = ['host' => 'db', 'user' => 'app'];":                    {"a>db:5432"},
		":80 {\n\treverse_proxy app:8000\n\treverse_proxy back\n}":   {"a>app:8000", "a>back:0"},
	} {
		edges := Infer(f, map[string][]ConfigText{"a": {{Path: "conf/x.conf", Text: text}}})
		if d := cmp.Diff(want, arrows(edges)); d != "" {
			t.Errorf("%q: %s", text, d)
		}
		for _, e := range edges {
			if e.Evidence[0] != (plan.Evidence{From: FromConfig, Text: "conf/x.conf"}) {
				t.Errorf("evidence %+v", e.Evidence)
			}
		}
	}
}

func TestAProxyReachesWhatItDiscovers(t *testing.T) {
	f := load(t, t.TempDir(), `
services:
  proxy: {image: "traefik:v3"}
  app: {image: x, labels: {traefik.enable: "true", traefik.http.services.app.loadbalancer.server.port: "8080"}}
  auth: {image: x, labels: {traefik.http.middlewares.a.forwardauth.address: "http://app:9091"}}
  off: {image: x, labels: {traefik.enable: "false", traefik.http.routers.x.rule: y}}
  plain: {image: x}
`)
	want := []string{"auth>app:9091", "proxy>app:8080", "proxy>app:9091", "proxy>auth:0"}
	if d := cmp.Diff(want, arrows(Infer(f, nil))); d != "" {
		t.Error(d)
	}
}

func TestARecordingTellsPeerPortAndOutside(t *testing.T) {
	f := load(t, t.TempDir(), `
services:
  web: {image: x, depends_on: [db], ports: ["8080:80"]}
  db: {image: x}
`)
	record(f, "web", "listen 80", "connect db 5433", "connect web 80", "connect 127.0.0.11 53", "connect 93.184.216.34 443", "connect 10.1.2.3 8080")
	record(f, "db", "listen 5433", "listen 8008")
	edges := Infer(f, nil)
	want := []string{"web=>db:5433", "web=>internet:443", "web=>internet:8080"}
	if d := cmp.Diff(want, arrows(edges)); d != "" {
		t.Error(d)
	}
	if e := edges[0]; e.From != Internet || e.To != "web" || e.Port != 80 || e.Observed {
		t.Errorf("published: %+v", e)
	}
	if d := cmp.Diff([]plan.Evidence{
		{From: plan.FromCompose, Text: "depends_on"},
		{From: plan.FromRecording, Text: "connected to port 5433 in 1 of 1 runs"},
	}, edges[1].Evidence); d != "" {
		t.Error(d)
	}
}

func TestNoEvidenceQuotesAValue(t *testing.T) {
	const secret = "hunter2"
	f := load(t, t.TempDir(), `
services:
  a:
    image: x
    environment: {URL: "postgres://u:hunter2@db/x", DB_PASSWORD: "hunter2@db:1"}
    command: ["--url", "redis://:hunter2@db"]
    labels: {u: "http://x:hunter2@db/"}
  db: {image: postgres}
`)
	edges := Infer(f, map[string][]ConfigText{"a": {{Path: "c", Text: "host: db\npassword: hunter2"}}})
	if len(edges) == 0 {
		t.Fatal("no edges")
	}
	if text := fmt.Sprint(edges); strings.Contains(text, secret) {
		t.Error("a secret is quoted")
	}
}

func TestTimeGrowsWithTheTextAndNotWithPairs(t *testing.T) {
	took := func(n int) time.Duration {
		var b strings.Builder
		b.WriteString("services:\n")
		for i := range n {
			fmt.Fprintf(&b, "  s%d: {image: redis, environment: {A_URL: 'http://s%d:80', B: 'some words and s%d:81'}}\n", i, (i+1)%n, (i+2)%n)
		}
		f := load(t, t.TempDir(), b.String())
		best := time.Hour
		for range 5 {
			start := processorTime(t)
			edges := Infer(f, nil)
			s := Segment(f, edges, Intent{})
			if len(edges) != 2*n || !s.Needed || len(s.Changes()) != 2*n {
				t.Fatalf("%d edges, %d changes", len(edges), len(s.Changes()))
			}
			best = min(best, processorTime(t)-start)
		}
		return best
	}
	small, large := took(200), took(3200)
	t.Logf("200 services %v, 3200 services %v", small, large)
	// Sixteen times as many take about sixteen times as long; with pairs it were 256.
	if large > 100*small {
		t.Errorf("200 services took %v, 3200 took %v", small, large)
	}
}

// processorTime is what this process has used: on a busy machine the clock says
// little.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func FuzzReferences(f *testing.F) {
	n := names{map[string][]string{"db": {"db"}, "app": {"app"}, "10.0.0.2": {"app"}}}
	for _, seed := range []string{"postgres://u:p@db:5432/x", "host=db", "server app;\n", "@db", "//db", "db:", "db:99999", "# db:1", "${db", "db\n12"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []textKind{settingText, commandText, configText} {
			for _, r := range n.references(text, kind) {
				if !strings.Contains(text, r.spelled) || r.port < 0 || r.port > 65535 {
					t.Fatalf("%+v", r)
				}
			}
		}
	})
}

package secrets

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"batten/project"
)

// formsOf are the forms of a project's moves by service and key.
func formsOf(moves []Move) map[string]Form {
	out := map[string]Form{}
	for _, m := range moves {
		out[strings.TrimSpace(m.Unit.Service+" "+m.Unit.Key)] = m.Form
	}
	return out
}

func TestFormsByImage(t *testing.T) {
	for _, c := range []struct {
		image, entry string
		want         Form
	}{
		{"postgres:16", "POSTGRES_PASSWORD: hunter2", FileForm},
		{"docker.io/library/postgres@sha256:" + strings.Repeat("a", 64), "POSTGRES_PASSWORD: hunter2", FileForm},
		{"registry-1.docker.io/postgres", "POSTGRES_PASSWORD: hunter2", FileForm},
		{"evil/postgres", "POSTGRES_PASSWORD: hunter2", EnvFileForm},
		{"registry.example/library/postgres", "POSTGRES_PASSWORD: hunter2", EnvFileForm},
		{"localhost:5000/postgres", "POSTGRES_PASSWORD: hunter2", EnvFileForm},
		{"postgres", "OTHER_PASSWORD: hunter2", EnvFileForm},
		{"rabbitmq:3", "RABBITMQ_DEFAULT_PASSWORD: hunter2", EnvFileForm},
		{"rabbitmq:3", "RABBITMQ_DEFAULT_PASS: hunter2", EnvFileForm},
		{"quay.io/keycloak/keycloak:26", "KC_DB_PASSWORD: hunter2", EnvFileForm},
		{"ghost:6", "database__connection__password: hunter2", EnvFileForm},
		{"redis", "REDIS_PASSWORD: hunter2", EnvFileForm},
		{"grafana/grafana", "GF_SECURITY_ADMIN_PASSWORD: hunter2", FileForm},
		{"lscr.io/linuxserver/mariadb", "MYSQL_PASSWORD: hunter2", FileForm},
		{"lscr.io/linuxserver/a/b", "MYSQL_PASSWORD: hunter2", EnvFileForm},
		{"x", "A_PASSWORD: 'with space'", EnvFileForm},
		{"x", `A_PASSWORD: "it's"`, VariableForm},
		{"x", `A_PASSWORD: "back\\slash"`, VariableForm},
		{"x", `A_PASSWORD: "$${X}9"`, VariableForm},
		{"x", "A_PASSWORD: \"line\\nline\"", VariableForm},
	} {
		p := compose(t, "services:\n  web:\n    image: "+c.image+"\n    environment:\n      "+c.entry+"\n")
		for form, got := range formsOf(Migrate(p, Find(p), always, options)) {
			if got != c.want {
				t.Errorf("%s %s: %q, not %q", c.image, form, got, c.want)
			}
		}
		if left := Left(hardened(t, p, Migrate(p, Find(p), always, options))); len(left) != 0 {
			t.Errorf("%s: something is left", c.image)
		}
	}
}

// shown writes moves as stable text, with the files' contents, which are those of
// the test.
func shown(moves []Move) string {
	var b strings.Builder
	for _, m := range moves {
		fmt.Fprintf(&b, "%s %s: %s\n", m.Unit.Service, m.Unit.Key, m.Form)
		for _, c := range m.Fix.Changes {
			data, _ := json.Marshal(c)
			fmt.Fprintf(&b, "  %s\n", data)
		}
		for _, f := range m.Fix.Files {
			fmt.Fprintf(&b, "  %s %04o %q\n", f.Path, f.Mode, f.Content.Reveal())
		}
	}
	return b.String()
}

func TestServerClientAndCheckMoveTogether(t *testing.T) {
	p := compose(t, `services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: tiger9tiger
    healthcheck:
      test: ["CMD-SHELL", "PGPASSWORD=tiger9tiger psql -c 'select 1'"]
  app:
    image: private/app
    environment:
      DATABASE_URL: postgres://app:tiger9tiger@db/app
      NOTE: tiger9tiger
`)
	set := Find(p)
	if len(set.Secrets) != 1 || set.Secrets[0].Name != "postgres_password" {
		t.Errorf("%d secrets", len(set.Secrets))
	}
	moves := Migrate(p, set, always, options)
	want := map[string]Form{"db POSTGRES_PASSWORD": FileForm, "db healthcheck.test": CheckForm, "app DATABASE_URL": EnvFileForm, "app NOTE": EnvFileForm}
	if got := formsOf(moves); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
	after := hardened(t, p, moves)
	db, _ := after.Service("db")
	if got := db.Config.HealthCheck.Test[1]; got != `PGPASSWORD="$(cat /run/secrets/postgres_password)" psql -c 'select 1'` {
		t.Errorf("health check %q", got)
	}
	if *db.Config.Environment["POSTGRES_PASSWORD_FILE"] != "/run/secrets/postgres_password" || db.Config.Environment["POSTGRES_PASSWORD"] != nil {
		t.Error("both forms at once, or none")
	}
	if len(db.Config.Secrets) != 1 || !strings.HasSuffix(after.Model.Secrets["postgres_password"].File, "/hardened/secrets/postgres_password") {
		t.Error("the secret is not mounted")
	}
	for _, s := range after.Sources {
		if strings.Contains(string(s.Data), "tiger9tiger") {
			t.Error("the value is left in the file")
		}
	}
}

func TestACheckThatUsesTheVariableGetsIt(t *testing.T) {
	p := compose(t, `services:
  db:
    image: mysql:8
    environment:
      - MYSQL_ROOT_PASSWORD=tiger
    healthcheck:
      test: mysqladmin ping -p$$MYSQL_ROOT_PASSWORD
`)
	after := hardened(t, p, Migrate(p, Find(p), always, options))
	db, _ := after.Service("db")
	want := `export MYSQL_ROOT_PASSWORD="$(cat /run/secrets/mysql_root_password)"; mysqladmin ping -p$MYSQL_ROOT_PASSWORD`
	if got := db.Config.HealthCheck.Test; len(got) != 2 || got[1] != want {
		t.Errorf("%q", got)
	}
}

func TestRedisReadsItsSettings(t *testing.T) {
	for _, c := range []struct {
		command string
		want    []string
	}{
		{`redis-server --requirepass tiger`, []string{"redis-server", "/run/secrets/cache_redis_conf"}},
		{`[redis-server, --requirepass, tiger, --maxmemory, 1mb]`, []string{"redis-server", "/run/secrets/cache_redis_conf", "--maxmemory", "1mb"}},
		{`[redis-server, "--requirepass tiger", --appendonly, "yes"]`, []string{"redis-server", "/run/secrets/cache_redis_conf", "--appendonly", "yes"}},
		{`["--appendonly", "yes", "--requirepass", "tiger"]`, []string{"redis-server", "/run/secrets/cache_redis_conf", "--appendonly", "yes"}},
		{`redis-server /etc/redis.conf --requirepass tiger`, nil},
		{`sh -c "redis-server --requirepass tiger"`, nil},
	} {
		p := compose(t, "services:\n  cache:\n    image: redis:7\n    command: "+c.command+"\n")
		moves := Migrate(p, Find(p), always, options)
		if len(moves) != 1 || (moves[0].Form == CommandForm) != (c.want != nil) {
			t.Errorf("%s: %v", c.command, formsOf(moves))
			continue
		}
		after := hardened(t, p, moves)
		if len(Left(after)) > 0 {
			t.Errorf("%s: still there", c.command)
		}
		svc, _ := after.Service("cache")
		if c.want == nil {
			continue
		}
		if !slices.Equal(svc.Config.Command, c.want) {
			t.Errorf("%s becomes %q", c.command, svc.Config.Command)
		}
		if got := moves[0].Fix.Files[0].Content.Reveal(); got != "requirepass \"tiger\"\n" {
			t.Errorf("settings %q", got)
		}
	}
}

func TestADefaultGivesWayToWhatIsSet(t *testing.T) {
	text := `services:
  db:
    image: postgres
    environment:
      POSTGRES_PASSWORD: ${DB_PASSWORD:-fallback}
  app:
    image: x
    labels:
      a.token: ${DB_PASSWORD:-fallback}
`
	for env, want := range map[string]string{"": "fallback", "DB_PASSWORD=given\n": "given"} {
		p := composeWith(t, text, env)
		set := Find(p)
		if len(set.Secrets) != 1 || len(set.Units) != 2 || !set.Units[0].Default() {
			t.Fatalf("%d secrets, %d units", len(set.Secrets), len(set.Units))
		}
		moves := Migrate(p, set, always, options)
		out := shown(moves)
		if !strings.Contains(out, `hardened/secrets/db_password 0444 "`+want+`"`) && !strings.Contains(out, `hardened/secrets/postgres_password 0444 "`+want+`"`) {
			t.Errorf("with %q:\n%s", env, out)
		}
		if strings.Contains(out, "compose.env") != (env == "") {
			t.Errorf("with %q the file of variables:\n%s", env, out)
		}
		for _, s := range hardened(t, p, moves).Sources {
			if strings.Contains(string(s.Data), "fallback") || !strings.Contains(string(s.Data), "${DB_PASSWORD}") {
				t.Errorf("with %q:\n%s", env, s.Data)
			}
		}
	}
}

func TestWhatIsSharedIsChangedWhereItStands(t *testing.T) {
	p := compose(t, `x-common: &common
  APP_PASSWORD: tiger
x-base: &base
  image: x
  environment: &env
    BASE_TOKEN: lion
services:
  a:
    <<: *base
    environment:
      <<: [*common, *env]
      OWN_TOKEN: bear
  b:
    image: postgres
    environment: *common
`)
	set := Find(p)
	moves := Migrate(p, set, always, options)
	want := map[string]Form{"x-common.APP_PASSWORD": VariableForm, "x-base.environment.BASE_TOKEN": VariableForm, "a OWN_TOKEN": EnvFileForm}
	if got := formsOf(moves); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
	if left := Left(hardened(t, p, moves)); len(left) != 0 {
		t.Errorf("%d left", len(left))
	}
}

func TestAVariableThatWouldComeBackIsChangedInPlace(t *testing.T) {
	p := compose(t, `x-common: &common {APP_PASSWORD: tiger}
services:
  a:
    image: postgres
    environment: {<<: *common, APP_PASSWORD: lion}
  base:
    image: x
    environment: {BASE_PASSWORD: bear}
  b:
    extends: {service: base}
    environment: {BASE_PASSWORD: wolf}
`)
	moves := Migrate(p, Find(p), always, options)
	want := map[string]Form{"x-common.APP_PASSWORD": VariableForm, "a APP_PASSWORD": VariableForm, "base BASE_PASSWORD": EnvFileForm, "b BASE_PASSWORD": VariableForm}
	if got := formsOf(moves); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
}

func TestACheckThatCannotBeReadFromAFileKeepsTheVariable(t *testing.T) {
	p := compose(t, `services:
  db:
    image: postgres
    environment: {POSTGRES_PASSWORD: tiger}
    healthcheck:
      test: "psql --password=${PW:-lion} $$POSTGRES_PASSWORD"
`)
	moves := Migrate(p, Find(p), always, options)
	want := map[string]Form{"db POSTGRES_PASSWORD": EnvFileForm, "db healthcheck.test": VariableForm}
	if got := formsOf(moves); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
}

func TestEveryFileThatHoldsAValueIsChanged(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "a.yaml"), "services:\n  db:\n    image: redis\n    command: redis-server --requirepass tiger\n    environment: {A_PASSWORD: bear}\n")
	writeFile(t, filepath.Join(dir, "b.yaml"), "services:\n  db:\n    command: redis-server --requirepass lion\n    environment: {A_PASSWORD: wolf}\n")
	p, err := project.Load(context.Background(), dir, []string{"a.yaml", "b.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	out := shown(Migrate(p, Find(p), always, options))
	if !strings.Contains(out, "A_PASSWORD=wolf") || strings.Contains(out, "A_PASSWORD=bear") || strings.Count(out, `"op":"replace"`) != 2 {
		t.Error(out)
	}
}

func TestOtherPlaces(t *testing.T) {
	p := compose(t, `services:
  a:
    image: x
    build:
      context: .
      args: {NPM_TOKEN: tiger}
    labels:
      - traefik.http.middlewares.a.basicauth.users=me:$$apr1$$abc$$def
    command: app --api-key lion
    logging:
      driver: splunk
      options: {splunk-token: bear}
    configs: [c]
configs:
  c:
    content: |
      user: me
      password: wolf
      home: $$HOME
volumes:
  v:
    driver_opts: {type: cifs, o: "username=me,password=lynx"}
x-info:
  tip: the api key is lion lion9lion
  password: fox
`)
	set := Find(p)
	moves := Migrate(p, set, always, options)
	want := map[string]Form{"a build argument NPM_TOKEN": VariableForm, "a label traefik.http.middlewares.a.basicauth.users": VariableForm,
		"a command": VariableForm, "a logging.options.splunk-token": VariableForm, "config c": ConfigForm, "volumes.v.driver_opts.o": VariableForm,
		"x-info.password": VariableForm}
	if got := formsOf(moves); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
	if left := Left(hardened(t, p, moves)); len(left) != 0 {
		t.Errorf("%d left", len(left))
	}
	for _, m := range moves {
		if m.Form == ConfigForm && m.Fix.Files[0].Content.Reveal() != "user: me\npassword: wolf\nhome: $HOME\n" {
			t.Error("the config is another text")
		}
	}
}

func TestAReferenceMovesWhereThatHidesIt(t *testing.T) {
	text := "services:\n  db:\n    image: postgres\n    environment:\n      POSTGRES_PASSWORD: ${PW}\n  app:\n    image: x\n    environment:\n      APP_PASSWORD: ${PW}\n"
	p := composeWith(t, text, "PW=tiger\n")
	moves := Migrate(p, Find(p), always, options)
	if len(moves) != 1 || moves[0].Form != FileForm || !strings.Contains(shown(moves), `0444 "tiger"`) {
		t.Errorf("%v", formsOf(moves))
	}
	moves = Migrate(compose(t, text), Find(compose(t, text)), always, options)
	for _, m := range moves {
		if m.Fix.Blocked == "" || len(m.Fix.Changes) > 0 {
			t.Error("a value that nobody knows is moved")
		}
	}
	if len(Left(p)) != 0 {
		t.Error("a reference counts as a literal")
	}
}

func TestElasticsearchGetsAFileOfItsOwn(t *testing.T) {
	p := compose(t, "services:\n  es:\n    image: elasticsearch:8.11.3\n    environment: {ELASTIC_PASSWORD: tiger}\n")
	moves := Migrate(p, Find(p), always, options)
	f := moves[0].Fix.Files[0]
	if f.Mode != 0o400 || f.UID == nil || *f.UID != 1000 {
		t.Errorf("mode %04o", f.Mode)
	}
}

func TestNamesOfTheUsersOwnSecretsAreLeftAlone(t *testing.T) {
	p := compose(t, "services:\n  a:\n    image: postgres\n    environment: {POSTGRES_PASSWORD: tiger}\n    secrets: [postgres_password]\nsecrets:\n  postgres_password: {file: ./x}\n")
	if got := Find(p).Secrets[0].Name; got != "a_postgres_password" {
		t.Error(got)
	}
}

func TestFilesOfOneNameHoldOneThing(t *testing.T) {
	p := compose(t, `services:
  compose: {image: x, environment: {A_PASSWORD: one, B_PASSWORD: two}}
  b: {image: x, environment: {A_PASSWORD: three}, labels: {x.token: four}}
  c: {image: postgres, environment: {POSTGRES_PASSWORD: one}}
`)
	content := map[string]string{}
	for _, m := range Migrate(p, Find(p), always, options) {
		for _, f := range m.Fix.Files {
			if old, ok := content[f.Path]; ok && old != f.Content.Reveal() {
				t.Errorf("%s has two contents", f.Path)
			}
			content[f.Path] = f.Content.Reveal()
		}
	}
	if content["hardened/secrets/service-compose.env"] != "A_PASSWORD=one\nB_PASSWORD=two\n" || content["hardened/secrets/compose.env"] != "B_X_TOKEN='four'\n" && content["hardened/secrets/compose.env"] != "X_TOKEN='four'\n" {
		t.Errorf("%d files", len(content))
	}
}

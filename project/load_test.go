package project

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"batten/internal/testenv/require"
)

// load loads a project of these files.
func load(t *testing.T, files map[string]string, ask ...string) *Project {
	t.Helper()
	p, err := Load(t.Context(), write(t, t.TempDir(), files), ask)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// unset takes a variable out of the environment until the test ends.
func unset(t *testing.T, name string) {
	t.Helper()
	t.Setenv(name, "") // puts it back afterwards
	if err := os.Unsetenv(name); err != nil {
		t.Fatal(err)
	}
}

func roles(p *Project) string {
	var out []string
	for _, s := range p.Sources {
		out = append(out, s.Name+" "+string(s.Role))
	}
	return strings.Join(out, ", ")
}

func images(p *Project) string {
	var out []string
	for _, s := range p.Services {
		out = append(out, s.Name+"="+s.Image)
	}
	return strings.Join(out, " ")
}

func TestFilesAreFoundMergedAndFollowedAsComposeDoes(t *testing.T) {
	unset(t, "COMPOSE_FILE")
	for name, c := range map[string]struct {
		files         map[string]string
		ask           []string
		images, roles string
	}{
		"an override is found by itself": {
			map[string]string{"compose.yaml": "services: {a: {image: one}}", "compose.override.yaml": "services: {a: {image: two}}"}, nil,
			"a=two", "compose.yaml main, compose.override.yaml main"},
		"named files alone count": {
			map[string]string{"compose.yaml": "services: {a: {image: one}}", "compose.override.yaml": "services: {a: {image: two}}", "x.yml": "services: {b: {image: x}}"},
			[]string{"compose.yaml", "x.yml"}, "a=one b=x", "compose.yaml main, x.yml main"},
		"COMPOSE_FILE of .env": {
			map[string]string{"one.yml": "services: {a: {image: one}}", "two.yml": "services: {a: {image: '${TAG}'}}", ".env": "COMPOSE_FILE=one.yml:two.yml\nTAG=seven"}, nil,
			"a=seven", "one.yml main, two.yml main"},
		"includes with variables of their own": {
			map[string]string{"compose.yaml": "include: [sub/inc.yml, {path: [p.yml, q.yml], env_file: v.env}]\nservices: {a: {image: 'a:$V'}}", ".env": "V=main",
				"sub/inc.yml": "include: [deeper.yml]\nservices: {b: {image: 'b:$V'}}", "sub/.env": "V=sub\nW=of-sub", "sub/deeper.yml": "services: {c: {image: 'c:$W'}}",
				"p.yml": "services: {p: {image: 'p:$U'}}", "q.yml": "services: {p: {user: '7'}}", "v.env": "U=own"}, nil,
			"a=a:main b=b:main c=c:of-sub p=p:own", "compose.yaml main, sub/inc.yml included, sub/deeper.yml included, p.yml included, q.yml included"},
		"extends through files": {
			map[string]string{"compose.yaml": "services: {a: {extends: {file: common/x.yml, service: base}}}",
				"common/x.yml": "services: {base: {extends: {file: y.yml, service: root}}}", "common/y.yml": "services: {root: {image: deep}}"}, nil,
			"a=deep", "compose.yaml main, common/x.yml extended, common/y.yml extended"},
		"extends of two services of one file": {
			map[string]string{"compose.yaml": "services:\n  a: {extends: {file: x.yml, service: one}}\n  b: {extends: {file: x.yml, service: two}}", "x.yml": "services: {one: {image: i}, two: {extends: one}}"}, nil,
			"a=i b=i", "compose.yaml main, x.yml extended"},
		"anchors and merge keys": {
			map[string]string{"compose.yaml": "x-base: &base {image: shared}\nservices: {a: {<<: *base}, b: {<<: [*base, {user: '7'}]}}"}, nil,
			"a=shared b=shared", "compose.yaml main"},
		"JSON":         {map[string]string{"compose.json": "{\n\t\"services\": {\"a\": {\"image\": \"json\"}}\n}"}, []string{"compose.json"}, "a=json", "compose.json main"},
		"BOM and CRLF": {map[string]string{"compose.yaml": "\ufeffservices:\r\n  a:\r\n    image: crlf\r\n"}, nil, "a=crlf", "compose.yaml main"},
		"an empty override": {map[string]string{"compose.yaml": "services: {a: {image: one}}", "compose.override.yaml": "# nothing yet\n"}, nil,
			"a=one", "compose.yaml main, compose.override.yaml main"},
		"a reset": {map[string]string{"compose.yaml": "services: {a: {image: one, user: '7'}}", "compose.override.yaml": "services: {a: {user: !reset null}}"}, nil,
			"a=one", "compose.yaml main, compose.override.yaml main"},
	} {
		t.Run(name, func(t *testing.T) {
			p := load(t, c.files, c.ask...)
			if got := images(p); got != c.images {
				t.Errorf("images %s, want %s", got, c.images)
			}
			if got := roles(p); got != c.roles {
				t.Errorf("sources %s, want %s", got, c.roles)
			}
		})
	}
}

func TestAComposeFileIsFoundInAFolderAbove(t *testing.T) {
	dir := write(t, t.TempDir(), map[string]string{"compose.yaml": "services: {a: {image: 'x:$TAG', volumes: ['./data:/data']}}", ".env": "TAG=5", "deep/er/x": ""})
	p, err := Load(t.Context(), filepath.Join(dir, "deep", "er"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.Dir != dir || p.Services[0].Image != "x:5" || p.Services[0].Config.Volumes[0].Source != filepath.Join(dir, "data") {
		t.Errorf("folder %s, %+v", p.Dir, p.Services[0])
	}
}

func TestServicesThatAProfileDisablesAreThereButNotStarted(t *testing.T) {
	files := map[string]string{"compose.yaml": `services:
  web: {image: w}
  debug: {image: d, profiles: [dev, test]}
  tool: {image: t, profiles: [tools]}
`}
	for enabled, want := range map[string]string{"": "web", "dev": "debug web", "tools,test": "debug tool web", "*": "debug tool web"} {
		t.Setenv("COMPOSE_PROFILES", enabled)
		p := load(t, files)
		if got := strings.Join(p.Names(), " "); got != want {
			t.Errorf("%q: %s, want %s", enabled, got, want)
		}
		if len(p.Services) != 3 || p.Services[0].Name != "debug" || p.Services[0].Config.Image != "d" {
			t.Errorf("%q: services %v", enabled, p.Services)
		}
	}
	unset(t, "COMPOSE_PROFILES")
	files[".env"] = "COMPOSE_PROFILES=tools"
	if got := strings.Join(load(t, files).Names(), " "); got != "tool web" {
		t.Errorf("enabled in .env: %s", got)
	}
}

// compose refuses this project without the profile; it can be hardened all the
// same.
func TestADependencyThatAProfileDisablesDoesNotStopLoading(t *testing.T) {
	t.Setenv("COMPOSE_PROFILES", "")
	p := load(t, map[string]string{"compose.yaml": "services: {web: {image: w, depends_on: [db]}, db: {image: d, profiles: [dev]}}"})
	if got := strings.Join(p.Names(), " "); got != "web" || len(p.Services) != 2 {
		t.Errorf("%s of %d", got, len(p.Services))
	}
}

func TestUnsetVariablesAreToldWithTheirPlace(t *testing.T) {
	t.Setenv("COMPOSE_SET_ONE", "x")
	p := load(t, map[string]string{"compose.yaml": `services:
  a:
    image: b:${COMPOSE_UNSET_ONE}
    command: ["$COMPOSE_SET_ONE", "${COMPOSE_UNSET_TWO:-fine}", "$$COMPOSE_UNSET_THREE"]
    labels:
      x: a $COMPOSE_UNSET_FOUR and ${COMPOSE_SET_ONE:+${COMPOSE_UNSET_FIVE}}
`})
	var got []string
	for _, u := range p.Unset {
		got = append(got, fmt.Sprintf("%s %s %s:%d:%d", u.Name, u.Path, p.Sources[u.File].Name, u.Line, u.Column))
	}
	want := []string{
		"COMPOSE_UNSET_ONE services.a.image compose.yaml:3:12",
		"COMPOSE_UNSET_FOUR services.a.labels.x compose.yaml:6:10",
		"COMPOSE_UNSET_FIVE services.a.labels.x compose.yaml:6:10",
	}
	if !slices.Equal(got, want) {
		t.Errorf("unset %q", got)
	}
}

func TestExpandGivesWhatTheModelHides(t *testing.T) {
	t.Setenv("DB_PASSWORD", "of the environment")
	p := load(t, map[string]string{
		"compose.yaml": "include: [sub/x.yml]\nservices: {a: {image: b, environment: {P: '$DB_PASSWORD', Q: '$API_TOKEN', R: '$DSN'}}}",
		".env":         "API_TOKEN=of-dotenv\nDSN=x$DB_PASSWORD", "sub/.env": "SUB_SECRET=of-sub",
		"sub/x.yml": "services: {c: {image: b, environment: {S: '$SUB_SECRET'}}, d: {image: b, environment: [SUB_SECRET, DB_PASSWORD]}}",
	})
	for name, s := range p.Model.Services {
		for key, value := range s.Environment {
			if value != nil && (strings.Contains(*value, "of") || strings.Contains(*value, "environment")) {
				t.Errorf("%s.%s is in the model", name, key)
			}
		}
	}
	for text, want := range map[string]string{
		"$DB_PASSWORD": "of the environment true", "${API_TOKEN:-x}": "of-dotenv true", "a${NOT_SET_HERE:-b}$$c": "ab$c true",
		"a${NOT_SET_HERE}": "a false", "${NOT_SET_HERE:?x}": " false", "${": " false", "$DSN": "xof the environment true", "": " true",
	} {
		if value, complete := p.Expand(text); fmt.Sprint(value, " ", complete) != want {
			t.Errorf("%s: %q, %v", text, value, complete)
		}
	}
	written, ok := p.Lookup("services", "c", "environment", "S")
	if value, complete := p.ExpandAt(written); !ok || value != "of-sub" || !complete {
		t.Errorf("included file: %q, %v", value, complete)
	}
}

func TestLookupsOfALargeFileAreThoseOfASmallOne(t *testing.T) {
	var b strings.Builder
	b.WriteString("x-base: &base {restart: always}\nservices:\n  <<: {merged: {image: m}}\n")
	for i := range 100 {
		fmt.Fprintf(&b, "  s%d: {image: 'i:%d', <<: *base}\n", i, i)
	}
	p := load(t, map[string]string{"compose.yaml": b.String()})
	for i := range 100 {
		name := fmt.Sprint("s", i)
		if w, ok := p.Lookup("services", name, "image"); !ok || w.Text != fmt.Sprint("i:", i) || w.Line != i+4 || w.Shared {
			t.Fatalf("%s: %+v", name, w)
		}
		if w, ok := p.Lookup("services", name, "restart"); !ok || w.Text != "always" || !w.Shared || w.Line != 1 {
			t.Fatalf("%s: %+v", name, w)
		}
	}
	if w, ok := p.Lookup("services", "merged", "image"); !ok || !w.Shared {
		t.Errorf("merged service: %+v", w)
	}
	if _, ok := p.Lookup("services", "none"); ok {
		t.Error("found what is not there")
	}
}

func TestJoinedImagesAreFactsOfTheirServices(t *testing.T) {
	p := load(t, map[string]string{"compose.yaml": "services: {a: {image: x}, b: {image: y}}"})
	p.JoinImages(map[string]*Image{"a": {Ref: "x"}, "none": {Ref: "z"}})
	if a, b := p.Services[0].Facts, p.Services[1].Facts; a == nil || a.Ref != "x" || b != nil {
		t.Errorf("facts %v, %v", a, b)
	}
}

func TestADotEnvThatIsSwitchedOffIsNotRead(t *testing.T) {
	t.Setenv("COMPOSE_DISABLE_ENV_FILE", "1")
	p := load(t, map[string]string{"compose.yaml": "services: {a: {image: 'x:${TAG_HERE:-none}'}}", ".env": "TAG_HERE=7"})
	if p.Services[0].Image != "x:none" {
		t.Error(p.Services[0].Image)
	}
}

func TestOrdinaryNamesAreNoSecrets(t *testing.T) {
	for name, want := range map[string]bool{
		"PWD": false, "KEYCLOAK_VERSION": false, "AUTH_TAG": false, "TAG": false, "DB_PASSWORD": true, "APIKEY": true, "GITHUB_TOKEN": true, "pgpass": true,
	} {
		if looksSecret(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

// Every file of the corpus loads that compose-go loads.
func TestTheCorpusLoads(t *testing.T) {
	dir := corpus(t)
	loaded := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".yml", ".yaml"}, filepath.Ext(path)) {
			return err
		}
		p, err := Load(t.Context(), filepath.Dir(path), []string{path})
		if err != nil {
			t.Errorf("%v", err)
			return nil
		}
		loaded++
		for _, s := range p.Services {
			if _, ok := p.Lookup("services", s.Name); !ok {
				t.Errorf("%s: service %s has no place", path, s.Name)
			}
		}
		return nil
	})
	if err != nil || loaded != 209 {
		t.Errorf("%d files loaded, %v", loaded, err)
	}
}

// corpus is the folder of other people's compose files.
func corpus(t *testing.T) string {
	t.Helper()
	return require.Corpus(t)
}

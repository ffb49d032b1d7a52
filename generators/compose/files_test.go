package compose

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"batten/plan"
	"batten/project"
)

func included(name, data string) source { return source{name, project.RoleIncluded, data} }
func extended(name, data string) source { return source{name, project.RoleExtended, data} }

// contents are the outputs by path.
func contents(out *Output) map[string]string {
	got := map[string]string{}
	for _, f := range out.Files {
		got[f.Path] = string(f.Content)
	}
	return got
}

const web = "services:\n  web:\n    image: x\n"

var projects = []struct {
	name    string
	sources []source
	changes [][]plan.Change
	want    map[string]string // outputs
	main    string
	refused string // ID and reason of the only refusal
}{
	{"the first file has a twin even without changes",
		[]source{main("docker-compose.yml", web)}, nil,
		map[string]string{"compose.hardened.yml": web}, "compose.hardened.yml", ""},
	{"files without changes are named as they are",
		[]source{main("compose.yaml", web), main("compose.override.yaml", "services:\n  web:\n    user: root\n"), main("prod.yaml", web)},
		all(set("services/web/user", "1:1")),
		map[string]string{"compose.hardened.yml": web, "compose.override.hardened.yml": "services:\n  web:\n    user: \"1:1\"\n"},
		"compose.hardened.yml compose.override.hardened.yml prod.yaml", ""},
	{"a list that is set is taken away where it would be merged",
		[]source{main("compose.yml", "services:\n  web:\n    image: x\n    cap_add: [A]\n"), main("b.json", `{"services": {"web": {"cap_add": ["B"]}}}`)},
		all(set("services/web/cap_add", []any{"C"})),
		map[string]string{"compose.hardened.yml": web, "b.hardened.json": `{"services": {"web": {"cap_add": ["C"]}}}`},
		"compose.hardened.yml b.hardened.json", ""},
	{"an added item is dropped from other files in its older form",
		[]source{main("compose.yml", "services:\n  web:\n    image: x\n    security_opt: [seccomp:unconfined, a]\n"), main("b.yml", "services:\n  web:\n    security_opt:\n      - b\n")},
		all(add("services/web/security_opt", "seccomp=p", "seccomp")),
		map[string]string{"compose.hardened.yml": "services:\n  web:\n    image: x\n    security_opt: [seccomp=p, a]\n"},
		"compose.hardened.yml b.yml", ""},
	{"the version is set in every file that has one",
		[]source{main("compose.yml", web), main("b.yml", "version: '2'\n"+web), main("c.yml", web)},
		all(set("version", "3.8")),
		map[string]string{"compose.hardened.yml": "version: \"3.8\"\n" + web, "b.hardened.yml": "version: \"3.8\"\n" + web},
		"compose.hardened.yml b.hardened.yml c.yml", ""},
	{"an included file's twin is named by the twin of what includes it",
		[]source{main("compose.yml", "include:\n  - ./db/compose.yml # data\n  - path: [more/a.yml, more/b.yml]\n"+web),
			included("db/compose.yml", "include: [../deep/c.yml]\nservices:\n  db:\n    image: y\n"), included("deep/c.yml", "services:\n  c:\n    image: z\n"),
			included("more/a.yml", "services:\n  a:\n    image: z\n"), included("more/b.yml", "services:\n  a:\n    user: root\n")},
		all(set("services/c/read_only", true), set("services/a/user", "1")),
		map[string]string{
			"compose.hardened.yml":    "include:\n  - ./db/compose.hardened.yml # data\n  - path: [more/a.yml, more/b.hardened.yml]\n" + web,
			"db/compose.hardened.yml": "include: [../deep/c.hardened.yml]\nservices:\n  db:\n    image: y\n",
			"deep/c.hardened.yml":     "services:\n  c:\n    image: z\n    read_only: true\n",
			"more/b.hardened.yml":     "services:\n  a:\n    user: \"1\"\n"},
		"compose.hardened.yml", ""},
	{"an included file that nothing is seen to name is not changed",
		[]source{main("compose.yml", "include:\n  - ${DB}/compose.yml\n"+web), included("db/compose.yml", "services:\n  db:\n    image: y\n")},
		all(set("services/db/read_only", true)),
		map[string]string{"compose.hardened.yml": "include:\n  - ${DB}/compose.yml\n" + web}, "compose.hardened.yml",
		"T0 no include that can be edited names db/compose.yml"},
	{"an extended file is not changed, a key of the service's own is",
		[]source{main("compose.yml", "services:\n  web:\n    extends: {file: base.yml, service: b}\n"), extended("base.yml", "services:\n  b:\n    image: x\n    privileged: true\n    cap_add: [A]\n")},
		all(set("services/web/privileged", false)),
		map[string]string{"compose.hardened.yml": "services:\n  web:\n    extends: {file: base.yml, service: b}\n    privileged: false\n"}, "compose.hardened.yml", ""},
	{"a list that extends would add to is refused",
		[]source{main("compose.yml", "services:\n  web:\n    extends: {file: base.yml, service: b}\n"), extended("base.yml", "services:\n  b:\n    image: x\n    cap_add: [A]\n")},
		all(set("services/web/cap_add", []any{"B"})),
		map[string]string{"compose.hardened.yml": "services:\n  web:\n    extends: {file: base.yml, service: b}\n"}, "compose.hardened.yml",
		"T0 it would be merged with what extends brings from base.yml"},
	{"what is written in an extended file is refused by its name",
		[]source{main("compose.yml", "services:\n  web:\n    extends: {file: base.yml, service: b}\n"), extended("base.yml", "services:\n  b:\n    image: x\n    ports: [80]\n")},
		all([]plan.Change{{Op: plan.Drop, At: &plan.Place{File: 1, Path: at("services/b/ports/0")}}}),
		map[string]string{"compose.hardened.yml": "services:\n  web:\n    extends: {file: base.yml, service: b}\n"}, "compose.hardened.yml",
		"T0 it is written in base.yml, which others may extend, too"},
	{"of two values the one later in the plan is refused, with all of its decision",
		[]source{main("compose.yml", web)},
		all(set("services/web/user", "1"), append(set("services/web/read_only", true), set("services/web/user", "2")...)),
		map[string]string{"compose.hardened.yml": web + "    user: \"1\"\n"}, "compose.hardened.yml", "T1 contradicts T0"},
	{"what contradicts a refused decision is made",
		[]source{main("compose.yml", "services:\n  web:\n    image: x\n    build: .\n")},
		all(append(set("services/web/user", "1"), set("services/web/build/args/A", "b")...), set("services/web/user", "2")),
		map[string]string{"compose.hardened.yml": "services:\n  web:\n    image: x\n    build: .\n    user: \"2\"\n"}, "compose.hardened.yml",
		"T0 services.web.build is no mapping"},
	{"a dropped item is not replaced",
		[]source{main("compose.yml", "services:\n  web:\n    ports: [80:80, 81:81]\n")},
		all(replace("services/web/ports/0", "127.0.0.1:80:80"), drop("services/web/ports/0")),
		map[string]string{"compose.hardened.yml": "services:\n  web:\n    ports: [81:81]\n"}, "compose.hardened.yml", ""},
	{"changes of what another decision removes vanish",
		[]source{main("compose.yml", "services:\n  web:\n    image: x\n    ports: [80:80, 81:81]\n")},
		all(replace("services/web/ports/0", "127.0.0.1:80:80"), remove("services/web/ports"), drop("services/web/ports/1")),
		map[string]string{"compose.hardened.yml": web}, "compose.hardened.yml", ""},
	{"a decision that empties a mapping and sets a key in it leaves that key",
		[]source{main("compose.yml", "services:\n  web:\n    logging:\n      driver: none\n")},
		all(append(remove("services/web/logging"), set("services/web/logging/options/max-size", "1m")...)),
		map[string]string{"compose.hardened.yml": "services:\n  web:\n    logging:\n      options:\n        max-size: 1m\n"}, "compose.hardened.yml", ""},
	{"a new key stands where the service is defined, one that is there where it counts",
		[]source{main("compose.yml", "services:\n  web:\n    user: root\n    build: .\n"), main("over.yml", "services:\n  web:\n    user: \"0\"\n    deploy: {replicas: 2}\n"), main("prod.yml", web)},
		all(set("services/web/read_only", true), set("services/web/user", "1:1"), set("services/web/deploy/resources/limits/memory", "1G")),
		map[string]string{"compose.hardened.yml": "services:\n  web:\n    user: root\n    build: .\n    read_only: true\n",
			"over.hardened.yml": "services:\n  web:\n    user: \"1:1\"\n    deploy: {replicas: 2, resources: {limits: {memory: 1G}}}\n"},
		"compose.hardened.yml over.hardened.yml prod.yml", ""},
	{"a service that no file says the image of gets its keys in the first",
		[]source{main("compose.yml", "services:\n  web:\n    extends: {service: b}\n  b:\n    image: x\n"), main("over.yml", "services:\n  web:\n    tty: true\n")},
		all(set("services/web/read_only", true)),
		map[string]string{"compose.hardened.yml": "services:\n  web:\n    extends: {service: b}\n    read_only: true\n  b:\n    image: x\n"},
		"compose.hardened.yml over.yml", ""},
	{"a secret does not make a file need those after it",
		[]source{main("compose.yml", web+"    environment:\n      A: b\n"), main("over.yml", "services:\n  web:\n    environment: {C: d}\n    secrets: [more]\nsecrets:\n  more: {file: m}\n")},
		all(append(append(remove("services/web/environment/A"), set("services/web/environment/A_FILE", "/run/secrets/a")...),
			append(add("services/web/secrets", "a", ""), set("secrets/a/file", "a")...)...)),
		map[string]string{"compose.hardened.yml": web + "    environment:\n      A_FILE: /run/secrets/a\n    secrets:\n      - a\nsecrets:\n  a:\n    file: a\n"},
		"compose.hardened.yml over.yml", ""},
	{"a variable is added to the list of the file that defines the service",
		[]source{main("compose.yml", web+"    environment: [A=b]\n"), main("over.yml", "services:\n  web:\n    environment: [C=d]\n")},
		all(add("services/web/environment", "E=f", "E="), add("services/web/environment", "C=e", "C=")),
		map[string]string{"compose.hardened.yml": web + "    environment: [A=b, E=f]\n", "over.hardened.yml": "services:\n  web:\n    environment: [C=e]\n"},
		"compose.hardened.yml over.hardened.yml", ""},
	{"a service that no file defines is refused",
		[]source{main("compose.yml", web)}, all(set("services/db/user", "1")),
		map[string]string{"compose.hardened.yml": web}, "compose.hardened.yml", "T0 no file that can be edited defines service \"db\""},
}

func TestChangesReachTheRightFiles(t *testing.T) {
	for _, c := range projects {
		t.Run(c.name, func(t *testing.T) {
			out := generate(t, newProject(t, c.sources...), newPlan(c.changes...))
			got := contents(out)
			for path, want := range c.want {
				if got[path] != want {
					t.Errorf("%s:\n%s\nwant:\n%s", path, got[path], want)
				}
				delete(got, path)
			}
			for path := range got {
				t.Errorf("%s is written, too", path)
			}
			if files := strings.Join(out.Main, " "); files != c.main {
				t.Errorf("main files %s, want %s", files, c.main)
			}
			var refused []string
			for _, r := range out.Refused {
				refused = append(refused, r.Finding+" "+r.Reason)
			}
			if text := strings.Join(refused, "; "); text != c.refused {
				t.Errorf("refused %q, want %q", text, c.refused)
			}
		})
	}
}

func TestInPlaceOutputsHaveThePathsOfTheirSources(t *testing.T) {
	p := newProject(t, main("compose.yml", "include: [a/b.yml]\n"+web), included("a/b.yml", "services:\n  b:\n    image: x\n"))
	out, err := Generate(t.Context(), Input{Project: p, Plan: newPlan(set("services/b/user", "1")), InPlace: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := contents(out); len(got) != 1 || got["a/b.yml"] != "services:\n  b:\n    image: x\n    user: \"1\"\n" {
		t.Errorf("got %v", got)
	}
}

func TestTwinsOfOneFolderHaveDifferentNames(t *testing.T) {
	p := newProject(t, main("docker-compose.yml", web), main("compose.yaml", web), main("compose.yml", web))
	got := strings.Join(twinNames(p), " ")
	if want := "compose.hardened.yml compose.yaml.hardened.yml compose.yml.hardened.yml"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestADecisionThatTheProjectDoesNotLoadWithIsRefused(t *testing.T) {
	p := newProject(t, main("compose.yml", web))
	var decisions [][]plan.Change
	for _, key := range []string{"a", "b", "bad", "c", "d", "worse"} {
		decisions = append(decisions, set("services/web/x-"+key, "v"))
	}
	load := func(_ context.Context, files map[string][]byte) (*project.Model, error) {
		for _, data := range files {
			if strings.Contains(string(data), "x-bad") || strings.Contains(string(data), "x-worse") {
				return nil, errors.New("no")
			}
		}
		return &project.Model{}, nil
	}
	out, err := Generate(t.Context(), Input{Project: p, Plan: newPlan(decisions...), Load: load, Compare: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Refused) != 2 || out.Refused[0].Finding != "T2" || out.Refused[1].Finding != "T5" {
		t.Errorf("refused %v", out.Refused)
	}
	if got, want := string(out.Files[0].Content), web+"    x-a: v\n    x-b: v\n    x-c: v\n    x-d: v\n"; got != want {
		t.Errorf("got:\n%s", got)
	}
}

func TestNothingUnprovedIsHandedOut(t *testing.T) {
	p := newProject(t, main("compose.yml", web))
	var calls atomic.Int64
	load := func(context.Context, map[string][]byte) (*project.Model, error) {
		return &project.Model{Name: strings.Repeat("x", int(calls.Add(1)%2))}, nil // never twice the same
	}
	out, err := Generate(t.Context(), Input{Project: p, Plan: newPlan(set("services/web/user", "1")), Load: load, Compare: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Refused) != 1 || string(out.Files[0].Content) != web {
		t.Errorf("handed out %q", out.Files[0].Content)
	}
	// Nodes that are not those of the bytes lead to no edit.
	p.Sources[0].Data = []byte("services:\n  web:\n    labels: {a: b}\n")
	out, err = Generate(t.Context(), Input{Project: p, Plan: newPlan(set("services/web/image", "y"))})
	if err == nil && len(out.Refused) == 0 {
		t.Errorf("handed out %q", out.Files[0].Content)
	}
}

func TestTheSearchForWhatCannotBeProvedEnds(t *testing.T) {
	p := newProject(t, main("compose.yml", web))
	var decisions [][]plan.Change
	for i := range 120 {
		decisions = append(decisions, set("services/web/x-"+index(i), "v"))
	}
	var calls atomic.Int64
	load := func(_ context.Context, files map[string][]byte) (*project.Model, error) {
		calls.Add(1)
		for _, data := range files {
			if strings.Contains(string(data), "7") {
				return nil, errors.New("no")
			}
		}
		return &project.Model{}, nil
	}
	out, err := Generate(t.Context(), Input{Project: p, Plan: newPlan(decisions...), Load: load, Compare: true})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out.Files[0].Content), "7") || len(out.Refused) < 21 {
		t.Errorf("%d refused of a plan in which 21 cannot be made", len(out.Refused))
	}
	if calls.Load() > 4*maxProofs {
		t.Errorf("the project was loaded %d times", calls.Load())
	}
}

func TestEveryWrittenLineNamesItsFinding(t *testing.T) {
	p := newProject(t, main("compose.yml", "services:\n  web:\n    image: x\n    ports:\n      - 80:80\n      - 81:81\n    user: root\n"))
	out := generate(t, p, newPlan(set("services/web/read_only", true), set("services/web/deploy/resources/limits/memory", "1G"),
		set("services/web/deploy/resources/limits/cpus", "1"), drop("services/web/ports/1"), set("services/web/user", "1"), set("services/web/read_only", true)))
	want := []plan.LineReason{
		{First: 6, Last: 5, Findings: []string{"T3"}},
		{First: 6, Last: 6, Findings: []string{"T4"}},
		{First: 7, Last: 7, Findings: []string{"T0", "T5"}},
		{First: 8, Last: 10, Findings: []string{"T1", "T2"}},
		{First: 11, Last: 11, Findings: []string{"T1"}},
		{First: 12, Last: 12, Findings: []string{"T2"}},
	}
	got := out.Files[0].Why
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i].First != want[i].First || got[i].Last != want[i].Last || strings.Join(got[i].Findings, " ") != strings.Join(want[i].Findings, " ") {
			t.Errorf("got %v, want %v", got[i], want[i])
		}
	}
}

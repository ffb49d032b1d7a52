package compose

import (
	"bytes"
	"strings"
	"testing"

	"batten/plan"
)

// shared are files in which services share a value, with what takes it away.
var shared = []struct {
	name    string
	in      string
	changes [][]plan.Change
	want    string
}{
	{"an extension that is merged, in block style",
		"x-base: &b\n  image: x\n  environment:\n    PW: Zq7f1\nservices:\n  a:\n    <<: *b\n",
		all(replace("x-base/environment/PW", "${PW}")),
		"x-base: &b\n  image: x\n  environment:\n    PW: ${PW}\nservices:\n  a:\n    <<: *b\n"},
	{"an extension that is merged, in braces",
		"x-base: &b {image: x, environment: {PW: Zq7f1}}\nservices: {a: {<<: *b}}\n",
		all(replace("x-base/environment/PW", "${PW}"), set("services/a/read_only", true)),
		"x-base: &b {image: x, environment: {PW: \"${PW}\"}}\nservices: {a: {<<: *b, read_only: true}}\n"},
	{"an extension that loses an entry",
		"x-base: &b\n  image: x\n  environment:\n    A: a\n    PW: Zq7f1\nservices:\n  a:\n    <<: *b\n  c: *b\n",
		all(drop("x-base/environment/PW")),
		"x-base: &b\n  image: x\n  environment:\n    A: a\nservices:\n  a:\n    <<: *b\n  c: *b\n"},
	{"an extension that loses an item",
		"x-env: &e [A=a, PW=Zq7f1]\nservices:\n  a:\n    environment: *e\n  c:\n    environment: *e\n",
		all(drop("x-env/1")),
		"x-env: &e [A=a]\nservices:\n  a:\n    environment: *e\n  c:\n    environment: *e\n"},
	{"a scalar of its own",
		"x-pw: &p Zq7f1\nservices:\n  a:\n    environment:\n      PW: *p\n",
		all(replace("x-pw", "${PW}")),
		"x-pw: &p ${PW}\nservices:\n  a:\n    environment:\n      PW: *p\n"},
	{"an aliased service, in braces",
		"services:\n  a: &a {image: x, environment: {PW: Zq7f1}}\n  b: *a\n",
		all(replace("services/a/environment/PW", "${PW}")),
		"services:\n  a: &a {image: x, environment: {PW: \"${PW}\"}}\n  b: *a\n"},
	{"a merged service, in braces",
		"services:\n  a: &a {image: x, environment: {PW: Zq7f1}}\n  b: {<<: *a}\n",
		all(replace("services/a/environment/PW", "${PW}")),
		"services:\n  a: &a {image: x, environment: {PW: \"${PW}\"}}\n  b: {<<: *a}\n"},
	{"an aliased service, in block style",
		"services:\n  a: &a\n    image: x\n    environment:\n      A: a\n      PW: Zq7f1\n  b: *a\n",
		all(remove("services/a/environment/PW")),
		"services:\n  a: &a\n    image: x\n    environment:\n      A: a\n  b: *a\n"},
	{"a merged service, in block style, and one that merges that",
		"services:\n  a: &a\n    image: x\n    command: [run, --pw=Zq7f1]\n  b: &b\n    <<: *a\n  c:\n    <<: *b\n",
		all(replace("services/a/command/1", "--pw=${PW}")),
		"services:\n  a: &a\n    image: x\n    command: [run, \"--pw=${PW}\"]\n  b: &b\n    <<: *a\n  c:\n    <<: *b\n"},
	{"a service with a decision of its own",
		"services:\n  a: &a\n    image: x\n    environment:\n      PW: Zq7f1\n  b:\n    <<: *a\n",
		all(replace("services/a/environment/PW", "${PW}"), replace("services/b/environment/PW", "${OTHER}")),
		"services:\n  a: &a\n    image: x\n    environment:\n      PW: ${PW}\n  b:\n    <<: *a\n    environment:\n      PW: ${OTHER}\n"},
	{"build arguments, labels and a health check",
		"services:\n  a: &a\n    build: {context: ., args: {T: Zq7f1}}\n    labels: [k=Zq7f1]\n    healthcheck: {test: [CMD, p, Zq7f1]}\n  b:\n    <<: *a\n",
		all(replace("services/a/build/args/T", "${T}"), drop("services/a/labels/0"), replace("services/a/healthcheck/test/2", "${T}")),
		"services:\n  a: &a\n    build: {context: ., args: {T: \"${T}\"}}\n    healthcheck: {test: [CMD, p, \"${T}\"]}\n  b:\n    <<: *a\n"},
}

func TestWhatIsTakenOutOfASharedValueIsGoneForAll(t *testing.T) {
	for _, c := range shared {
		t.Run(c.name, func(t *testing.T) {
			pl := newPlan(c.changes...)
			for i := range pl.Decisions {
				pl.Decisions[i].Finding.Fix.Files = []plan.File{{Path: "hardened/secrets/pw"}}
			}
			out := generate(t, newProject(t, main("compose.yml", c.in)), pl)
			for _, r := range out.Refused {
				t.Errorf("%s refused: %s", r.Finding, r.Reason)
			}
			if len(out.Files) != 1 || string(out.Files[0].Content) != c.want {
				t.Fatalf("got %d files:\n%s\nwant:\n%s", len(out.Files), content(out), c.want)
			}
			var again [][]plan.Change // dropped places are no longer there, as rules would find
			for _, list := range c.changes {
				if list[0].Op != plan.Drop && list[0].Op != plan.Remove {
					again = append(again, list)
				}
			}
			second := generate(t, newProject(t, main("compose.yml", c.want)), newPlan(again...))
			if len(second.Files) > 0 && !bytes.Equal(second.Files[0].Content, out.Files[0].Content) {
				t.Errorf("the second run changes more:\n%s", content(second))
			}
		})
	}
}

func content(out *Output) string {
	if len(out.Files) == 0 {
		return ""
	}
	return string(out.Files[0].Content)
}

func TestAChangeThatAnotherUndoesIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, in string
		changes  [][]plan.Change
	}{
		{"a sharer that is given the old value",
			"services:\n  a: &a\n    image: x\n    environment:\n      PW: Zq7f1\n  b:\n    <<: *a\n",
			all(replace("services/a/environment/PW", "${PW}"), set("services/b/environment", plan.Map{{Key: "PW", Value: "Zq7f1"}}))},
		{"a user of an extension that is to keep it",
			"x-base: &b\n  image: x\n  environment:\n    PW: Zq7f1\nservices:\n  a:\n    <<: *b\n",
			all(replace("x-base/environment/PW", "${PW}"), set("services/a/environment/PW", "Zq7f1"))},
		{"an anchor that others still take it from",
			"x-env: &e\n  A: a\n  PW: Zq7f1\nservices:\n  a:\n    environment: *e\n  b:\n    environment: *e\n",
			all(remove("services/a/environment/PW"))},
		{"a key of another kind that has it",
			"services:\n  a:\n    environment:\n      PW: &p Zq7f1\n  b:\n    hostname: *p\n",
			all(replace("services/a/environment/PW", "${PW}"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			pl := newPlan(c.changes...)
			pl.Decisions[0].Finding.Fix.Files = []plan.File{{Path: "hardened/secrets/pw"}}
			out := generate(t, newProject(t, main("compose.yml", c.in)), pl)
			if len(out.Refused) != 1 || out.Refused[0].Finding != pl.Decisions[0].Finding.ID() || out.Refused[0].Reason != errLeft.Error() {
				t.Errorf("refused: %v", out.Refused)
			}
		})
	}
}

func TestOtherKeysOfASharedServiceStayWithTheOthers(t *testing.T) {
	in := "services:\n  a: &a\n    image: x\n    cap_add: [A, B]\n  b:\n    <<: *a\n"
	got, refused := one(t, in, all(drop("services/a/cap_add/0"))...)
	if len(refused) > 0 || !strings.Contains(got, "  b:\n    <<: *a\n    cap_add:\n      - A\n      - B\n") {
		t.Errorf("refused %v, got:\n%s", refused, got)
	}
}

func TestPlacesThatAliasesMultiplyAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("x-a0: &a0 {PW: Zq7f1}\n")
	for i := 1; i < 6; i++ {
		ref := "*a" + index(i-1)
		b.WriteString("x-a" + index(i) + ": &a" + index(i) + " [" + strings.Repeat(ref+", ", 9) + ref + "]\n")
	}
	b.WriteString("services:\n  a:\n    image: x\n    x-all: *a5\n")
	out, err := Generate(t.Context(), Input{Project: newProject(t, main("compose.yml", b.String())), Plan: newPlan(replace("x-a0/PW", "${PW}"))})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Refused) != 1 || out.Refused[0].Reason != errSize.Error() {
		t.Errorf("refused: %v", out.Refused)
	}
}

package plan

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSettingsAreReadWithTheirLines(t *testing.T) {
	got, err := ParseSettings([]byte(`workload: ./smoke.sh
decisions:
  - rule: B020/web/8080:80/tcp
    skip: on the LAN
  - {rule: B028/db, value: 512m}
  - rule: B032
    apply:
`))
	if err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	want := Settings{Workload: "./smoke.sh", Choices: []Setting{
		{Rule: "B020", Service: "web", Key: "8080:80/tcp", Apply: &no, Reason: "on the LAN", By: BySettings, Line: 3},
		{Rule: "B028", Service: "db", Value: "512m", By: BySettings, Line: 5},
		{Rule: "B032", Apply: &yes, By: BySettings, Line: 6},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
}

func TestSettingsThatCannotBeMeantAreRefusedWithTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"- a":                               "line 1: a mapping is expected",
		"a: 1":                              `line 1: unknown key "a"`,
		"decisions: 1":                      "line 1: decisions must be a list",
		"decisions:\n- rule: B1\n  skip: x": "line 2: \"B1\" names no rule",
		"decisions:\n- rule: B001":          "line 2: the decision on B001 says none",
		"decisions:\n- skip: x":             "line 2: a decision needs a rule",
		"decisions:\n- rule: B001\n  skip:": "line 3: skip needs the reason",
		"decisions:\n- rule: B001\n  skip: x\n  apply: y":       "line 4: apply and skip exclude",
		"decisions:\n- rule: B001\n  skip: x\n  skip: y":        "stands twice",
		"decisions:\n- rule: B001\n  skip: [a]":                 "line 3: text is expected",
		"workload: &a [*a]":                                     "text is expected",
		"decisions: [":                                          "",
		"decisions:\n- rule: B001\n  skip: x\n  because: \"y\"": `line 4: unknown key "because"`,
	} {
		_, err := ParseSettings([]byte(text))
		if !errors.Is(err, ErrSettings) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestTheMostExactSettingCounts(t *testing.T) {
	s, err := ParseSettings([]byte(`decisions:
- {rule: B028/web, value: 1g}
- {rule: B028, value: 2g}
- {rule: B020/web/80, skip: a}
- {rule: B020/web, apply: b}
`))
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := s.value("B028", "web", ""); v != "1g" {
		t.Errorf("value %q", v)
	}
	if v, _ := s.value("B028", "db", ""); v != "2g" {
		t.Errorf("value %q", v)
	}
	if one, ok := s.apply("B020", "web", "80"); !ok || *one.Apply {
		t.Errorf("%+v", one)
	}
	if one, ok := s.apply("B020", "web", "81"); !ok || !*one.Apply {
		t.Errorf("%+v", one)
	}
}

func TestADecisionIsPutIntoTheUsersFileAndNothingElseChanges(t *testing.T) {
	no := false
	add := []Setting{{Rule: "B020", Service: "web", Apply: &no, Reason: "needed: \"LAN\""}, {Rule: "B028", Service: "db", Value: "512m"}}
	for name, c := range map[string]struct{ before, after string }{
		"no file": {"", settingsHead + `decisions:
  - rule: B020/web
    skip: "needed: \"LAN\""
  - rule: B028/db
    value: "512m"
`},
		"comments and a decision on the same": {"# mine\nworkload: x # y\ndecisions: # all\n- rule: B020/web # old\n  skip: no\n- rule: B001\n  skip: |\n    long\n    text\n# end", `# mine
workload: x # y
decisions: # all
- rule: B020/web
  skip: "needed: \"LAN\""
- rule: B001
  skip: |
    long
    text
- rule: B028/db
  value: "512m"
# end
`},
		"empty list": {"decisions: []\nworkload: x\n", `decisions:
  - rule: B020/web
    skip: "needed: \"LAN\""
  - rule: B028/db
    value: "512m"
workload: x
`},
	} {
		got, err := EditSettings([]byte(c.before), add)
		if err != nil {
			t.Fatal(name, err)
		}
		if d := cmp.Diff(c.after, string(got)); d != "" {
			t.Error(name, d)
		}
		again, err := EditSettings(got, add)
		if err != nil || string(again) != string(got) {
			t.Errorf("%s: a second time changes it: %v\n%s", name, err, again)
		}
	}
}

func TestWhateverReasonIsGivenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		no := false
		add := Setting{Rule: "B001", Service: rapid.StringMatching(`[a-z][a-z0-9_.-]{0,9}`).Draw(t, "service"),
			Key: rapid.String().Draw(t, "key"), Apply: &no, Reason: rapid.StringN(1, 40, -1).Draw(t, "reason")}
		got, err := EditSettings(nil, []Setting{add})
		if err != nil {
			t.Fatal(err)
		}
		s, err := ParseSettings(got)
		if err != nil || len(s.Choices) != 1 {
			t.Fatal(err, string(got))
		}
		back := s.Choices[0]
		if back.Reason != add.Reason || back.Key != add.Key || back.Service != add.Service {
			t.Fatalf("%q read back as %+v", got, back)
		}
	})
}

func FuzzParseSettings(f *testing.F) {
	f.Add([]byte("decisions:\n- rule: B020/web\n  skip: x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ParseSettings(data)
		if err != nil && !errors.Is(err, ErrSettings) {
			t.Fatal(err)
		}
		for _, one := range s.Choices {
			if one.Line == 0 || one.Rule == "" {
				t.Fatalf("%+v", one)
			}
		}
	})
}

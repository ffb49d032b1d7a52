package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"batten/plan"
)

func shopSarif() SarifInput {
	_, p := threeTiers()
	return SarifInput{Plan: p, Rules: someRules(), Version: "0.3.0", Main: "compose.yml", Mask: mask, Files: []SarifFile{shopFile()}}
}

const source = `name: shop
services:
  api:
    build: .
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ` + hunter + `
  web:
    image: nginx:1.27
    ports:
      - 8080:80
      - 8443:443`

const hardened = `name: shop
services:
  api:
    build: .
    cap_drop:
      - ALL
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/db_password
    secrets:
      - db_password
    cap_drop:
      - ALL
    cap_add:
      - SETGID
      - SETUID
  web:
    image: nginx:1.27
    ports:
      - 8080:80
      - 8443:443
secrets:
  db_password:
    file: hardened/secrets/db_password
`

func shopFile() SarifFile {
	return SarifFile{Name: "compose.yml", Before: []byte(source), After: []byte(hardened), Why: []plan.LineReason{
		{First: 5, Last: 6, Findings: []string{"B004/api"}},
		{First: 10, Last: 12, Findings: []string{"B040/db/POSTGRES_PASSWORD"}},
		{First: 13, Last: 17, Findings: []string{"B004/db"}},
		{First: 23, Last: 25, Findings: []string{"B040/db/POSTGRES_PASSWORD"}},
	}}
}

// decode reads a log back in types that say nothing about it.
func decode(t *testing.T, in SarifInput) (raw []byte, run map[string]any) {
	t.Helper()
	raw, err := SARIF(in)
	if err != nil {
		t.Fatal(err)
	}
	var log map[string]any
	if err := json.Unmarshal(raw, &log); err != nil {
		t.Fatal(err)
	}
	if log["version"] != "2.1.0" || len(log["runs"].([]any)) != 1 {
		t.Fatalf("version %v", log["version"])
	}
	return raw, log["runs"].([]any)[0].(map[string]any)
}

func TestTheLogOfAShop(t *testing.T) {
	raw, _ := decode(t, shopSarif())
	golden(t, "shop.sarif", raw)
}

// TestALogKeepsToTheStandard checks what SARIF 2.1.0 demands of what is used of it,
// and what GitHub demands beside.
func TestALogKeepsToTheStandard(t *testing.T) {
	in := shopSarif()
	in.Plan.Decisions = append(in.Plan.Decisions, plan.Decision{Finding: plan.Finding{Rule: "B999", Severity: "odd", Message: "no such rule"}})
	_, run := decode(t, in)
	rules := run["tool"].(map[string]any)["driver"].(map[string]any)["rules"].([]any)
	for _, one := range rules {
		checkRule(t, one.(map[string]any))
	}
	bases := run["originalUriBaseIds"].(map[string]any)
	seen := map[string]bool{}
	for _, one := range run["results"].([]any) {
		r := one.(map[string]any)
		if i, ok := r["ruleIndex"]; ok && rules[int(i.(float64))].(map[string]any)["id"] != r["ruleId"] {
			t.Errorf("rule %v has the index of another", r["ruleId"])
		}
		if !slices.Contains([]string{"none", "note", "warning", "error"}, r["level"].(string)) || text(r["message"]) == "" {
			t.Errorf("%v: level %v, message %v", r["ruleId"], r["level"], r["message"])
		}
		print := r["partialFingerprints"].(map[string]any)["battenFinding/v1"].(string)
		if seen[print] {
			t.Errorf("%v: a fingerprint occurs twice", r["ruleId"])
		}
		seen[print] = true
		if len(r["locations"].([]any)) != 1 {
			t.Errorf("%v has %d places", r["ruleId"], len(r["locations"].([]any)))
		}
		for _, l := range r["locations"].([]any) {
			p := l.(map[string]any)["physicalLocation"].(map[string]any)
			checkArtifact(t, p["artifactLocation"].(map[string]any), bases)
			checkRegion(t, p["region"].(map[string]any))
		}
		for _, s := range list(r["suppressions"]) {
			if k := s.(map[string]any)["kind"]; k != "external" && k != "inSource" || s.(map[string]any)["justification"] == "" {
				t.Errorf("suppression %v", s)
			}
		}
		for _, f := range list(r["fixes"]) {
			if text(f.(map[string]any)["description"]) == "" {
				t.Errorf("%v: a fix without description", r["ruleId"])
			}
			for _, c := range f.(map[string]any)["artifactChanges"].([]any) {
				checkArtifact(t, c.(map[string]any)["artifactLocation"].(map[string]any), bases)
				if len(c.(map[string]any)["replacements"].([]any)) == 0 {
					t.Errorf("%v: a change of nothing", r["ruleId"])
				}
				for _, one := range c.(map[string]any)["replacements"].([]any) {
					checkRegion(t, one.(map[string]any)["deletedRegion"].(map[string]any))
				}
			}
		}
	}
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func text(v any) string {
	m, _ := v.(map[string]any)
	s, _ := m["text"].(string)
	return s
}

func checkRule(t *testing.T, r map[string]any) {
	t.Helper()
	p := r["properties"].(map[string]any)
	for _, key := range []string{"shortDescription", "fullDescription", "help"} {
		if text(r[key]) == "" {
			t.Errorf("%v has no %s", r["id"], key)
		}
	}
	if strings.ContainsAny(r["name"].(string), " .") || !strings.HasSuffix(text(r["shortDescription"]), ".") {
		t.Errorf("%v: name %v, %v", r["id"], r["name"], r["shortDescription"])
	}
	var score float64
	if _, err := fmt.Sscan(p["security-severity"].(string), &score); err != nil || score <= 0 || score > 10 {
		t.Errorf("%v: security-severity %v", r["id"], p["security-severity"])
	}
	tags := map[any]bool{}
	for _, tag := range p["tags"].([]any) {
		if tags[tag] {
			t.Errorf("%v: tag %v twice", r["id"], tag)
		}
		tags[tag] = true
	}
}

func checkArtifact(t *testing.T, a, bases map[string]any) {
	t.Helper()
	u, err := url.Parse(a["uri"].(string))
	if err != nil {
		t.Errorf("%v: %v", a["uri"], err)
		return
	}
	base, based := a["uriBaseId"]
	if u.IsAbs() == based {
		t.Errorf("%v is absolute: %v, and has a base: %v", a["uri"], u.IsAbs(), based)
	}
	if _, known := bases[fmt.Sprint(base)]; based && !known {
		t.Errorf("base %v is not described", base)
	}
}

func checkRegion(t *testing.T, r map[string]any) {
	t.Helper()
	get := func(key string, otherwise int) int {
		if v, ok := r[key]; ok {
			return int(v.(float64))
		}
		return otherwise
	}
	line, column := get("startLine", 0), get("startColumn", 1)
	endLine, endColumn := get("endLine", line), get("endColumn", 1<<30)
	if line < 1 || column < 1 || endLine < line || endLine == line && endColumn < column {
		t.Errorf("region %v", r)
	}
}

func TestASkipIsASuppressionWithItsReason(t *testing.T) {
	_, run := decode(t, shopSarif())
	found := 0
	for _, one := range run["results"].([]any) {
		r := one.(map[string]any)
		for _, s := range list(r["suppressions"]) {
			found++
			if s.(map[string]any)["justification"] != "the shop is for the LAN" {
				t.Errorf("%v", s)
			}
		}
	}
	if found != 1 {
		t.Errorf("%d suppressions, want 1", found)
	}
}

func TestNamesOfFilesAreRelativeReferences(t *testing.T) {
	in := SarifInput{Base: "deploy/a b"}
	for name, want := range map[string]string{
		"compose.yml": "deploy/a%20b/compose.yml", "../x:y#z?.yml": "deploy/x:y%23z%3F.yml", "\x1b\n": "deploy/a%20b/%1B%0A", "/etc/a b": "file:///etc/a%20b",
	} {
		if got := in.file(name).URI; got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
	if got := (SarifInput{}).file("a:b").URI; got != "./a:b" {
		t.Errorf("a colon makes a scheme: %q", got)
	}
}

func TestALogHasNoSecretAndNoControlCharacters(t *testing.T) {
	in := shopSarif()
	for i := range in.Plan.Decisions {
		d := &in.Plan.Decisions[i]
		d.Finding.Message += hunter + "\x1b[31m {0} [x](0)"
		d.Reason += hunter
		if d.Finding.Fix != nil {
			d.Finding.Fix.Summary += hunter
		}
	}
	// The secret stays on a line that another edit writes anew.
	after := strings.Replace(hardened, "POSTGRES_PASSWORD_FILE: /run/secrets/db_password", "POSTGRES_PASSWORD: '"+hunter+"'", 1)
	in.Files[0].After = []byte(after)
	raw, run := decode(t, in)
	if bytes.Contains(raw, []byte("hunter2")) || bytes.Contains(raw, []byte(`\u001b`)) {
		t.Error("the log holds the secret or an escape")
	}
	if bytes.Contains(raw, []byte(`](0)`)) && !bytes.Contains(raw, []byte(`\\](0)`)) || bytes.Contains(raw, []byte(" {0} ")) {
		t.Error("a message has a link or a placeholder of others")
	}
	for _, one := range run["results"].([]any) {
		r := one.(map[string]any)
		if r["properties"].(map[string]any)["finding"] == "B040/db/POSTGRES_PASSWORD" && r["fixes"] != nil {
			t.Error("a fix that would hold the secret is handed on")
		}
	}
}

// replace does what a fix says, from the end.
func replace(before string, all []sarifReplacement) string {
	lines := strings.SplitAfter(before, "\n")
	offset := func(line, column int) int {
		at := 0
		for _, l := range lines[:min(line-1, len(lines))] {
			at += len(l)
		}
		for ; column > 1; column-- {
			_, n := utf8.DecodeRuneInString(before[at:])
			at += n
		}
		return at
	}
	out := before
	for _, r := range slices.Backward(all) {
		from, to := offset(r.Deleted.StartLine, r.Deleted.StartColumn), offset(r.Deleted.EndLine, r.Deleted.EndColumn)
		inserted := ""
		if r.Inserted != nil {
			inserted = r.Inserted.Text
		}
		out = out[:from] + inserted + out[to:]
	}
	return out
}

func TestAFixAloneMakesItsOwnChange(t *testing.T) {
	in := shopSarif()
	got := replace(source, fixesOf(in)["B004/api"].Changes[0].Replacements)
	if want := strings.Replace(source, "    build: .\n", "    build: .\n    cap_drop:\n      - ALL\n", 1); got != want {
		t.Errorf("%s", got)
	}
	secret := replace(source, fixesOf(in)["B040/db/POSTGRES_PASSWORD"].Changes[0].Replacements)
	if strings.Contains(secret, hunter) || !strings.Contains(secret, "POSTGRES_PASSWORD_FILE") || !strings.HasSuffix(secret, "file: hardened/secrets/db_password\n") {
		t.Errorf("%s", secret)
	}
}

func TestAddedKeysAreDividedByWhatTheyAreFor(t *testing.T) {
	before := "services:\n  web:\n    image: x\n"
	after := before + "    cap_drop:\n      - ALL\n    deploy:\n      resources:\n        limits:\n          memory: 64m\n          cpus: '1'\n    read_only: true\n"
	f := SarifFile{Before: []byte(before), After: []byte(after), Why: []plan.LineReason{
		{First: 4, Last: 5, Findings: []string{"caps"}},
		{First: 6, Last: 8, Findings: []string{"memory", "cpu"}}, {First: 9, Last: 9, Findings: []string{"memory"}}, {First: 10, Last: 10, Findings: []string{"cpu"}},
		{First: 11, Last: 11, Findings: []string{"root"}},
	}}
	limits := "    deploy:\n      resources:\n        limits:\n          memory: 64m\n          cpus: '1'\n"
	for id, want := range map[string]string{"caps": "    cap_drop:\n      - ALL\n", "memory": limits, "cpu": limits, "root": "    read_only: true\n"} {
		got := editsByFinding(f)[id]
		if len(got) != 1 || got[0].text != want {
			t.Errorf("%s: %+v", id, got)
		}
	}
}

// TestTheFixOfEverythingIsTheNewText gives one finding all lines: its replacements
// have to make the new text of the old one, byte for byte.
func TestTheFixOfEverythingIsTheNewText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, new := drawText(t, "old"), drawText(t, "new")
		why := []plan.LineReason{{First: 1, Last: 100, Findings: []string{"all"}}}
		for n := range 101 {
			why = append(why, plan.LineReason{First: n, Last: n - 1, Findings: []string{"all"}})
		}
		var all []sarifReplacement
		for _, e := range editsByFinding(SarifFile{Before: old, After: new, Why: why})["all"] {
			all = append(all, sarifReplacement{Deleted: e.deleted, Inserted: &sarifContent{e.text}})
		}
		if got := replace(string(old), all); got != string(new) {
			t.Fatalf("of %q the fix makes %q, want %q", old, got, new)
		}
	})
}

func TestTheLogIsTheSameEachTime(t *testing.T) {
	one, _ := decode(t, shopSarif())
	for range 10 {
		if again, _ := decode(t, shopSarif()); !bytes.Equal(one, again) {
			t.Fatal("two logs of the same plan differ")
		}
	}
}

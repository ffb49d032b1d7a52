package rules

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"batten/plan"
	"batten/profiles"
	"batten/project"
)

// A fixture is one archive testdata/RULE/*.txtar. Its sections:
//
//	compose.yaml, .env …     files of the project; any name that is not below
//	files                    compose files to load, one a line; else those that compose finds
//	recordings/SERVICE.json  a recording or profile
//	images.json              project.Image by service; "Mode" may be an octal string
//	host.json                project.Host
//	facts.json               the rest of plan.Facts: Target, Folder, Policies, AppArmor, Edges, EnvFiles
//	settings                 RULE[/SERVICE[/KEY]]=on|off|VALUE [reason], one a line
//	rules                    IDs of other rules that are evaluated with the fixture's own, in the order of All
//	want                     the findings of the rule, written by -update
//	after                    the findings after the fix, where more is left than what was not applied
type fixture struct {
	path     string
	rule     string
	archive  *txtar.Archive
	facts    plan.Facts
	settings plan.Settings
	rules    []plan.Rule
}

var update = flag.Bool("update", false, "write golden files")

// reserved sections are not files of the project.
var reserved = []string{"files", "images.json", "host.json", "facts.json", "settings", "rules", "want", "after"}

// loadFixture reads a fixture and loads its project.
func loadFixture(t *testing.T, path string) *fixture {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{path: path, rule: filepath.Base(filepath.Dir(path)), archive: archive}
	f.facts = factsOf(t, archive)
	f.settings = settingsOf(t, section(archive, "settings"))
	others := strings.Fields(section(archive, "rules"))
	for _, r := range All() {
		if r.ID == f.rule || slices.Contains(others, r.ID) {
			f.rules = append(f.rules, r)
		}
	}
	return f
}

// factsFrom is for tests without a file: the text is that of a fixture.
func factsFrom(t *testing.T, text string) plan.Facts {
	t.Helper()
	return factsOf(t, txtar.Parse([]byte(text)))
}

// factsOf writes the project of an archive to a folder named shop and loads it with
// what the archive says of recordings, images and the host.
func factsOf(t *testing.T, archive *txtar.Archive) plan.Facts {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range archive.Files {
		if slices.Contains(reserved, file.Name) || strings.HasPrefix(file.Name, "recordings/") {
			continue
		}
		path := filepath.Join(dir, file.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return loadFacts(t, dir, archive)
}

// loadFacts loads the project in a folder and joins what the archive says beside it.
func loadFacts(t *testing.T, dir string, archive *txtar.Archive) plan.Facts {
	t.Helper()
	loaded, err := project.Load(context.Background(), dir, strings.Fields(section(archive, "files")))
	if err != nil {
		t.Fatal(err)
	}
	facts := plan.Facts{Project: loaded, Target: plan.TargetCompose, Folder: "hardened", Profiles: map[string]*profiles.Profile{}}
	decodeSection(t, archive, "facts.json", &facts)
	decodeSection(t, archive, "host.json", &loaded.Host)
	images := map[string]*project.Image{}
	decodeSection(t, archive, "images.json", &images)
	for i, s := range loaded.Services {
		loaded.Services[i].Facts = images[s.Name]
	}
	for _, file := range archive.Files {
		name, ok := strings.CutPrefix(file.Name, "recordings/")
		if !ok {
			continue
		}
		p, err := profiles.Decode(bytes.NewReader(file.Data))
		if err != nil {
			t.Fatalf("%s: %v", file.Name, err)
		}
		facts.Profiles[strings.TrimSuffix(name, ".json")] = &p
	}
	return facts
}

func section(archive *txtar.Archive, name string) string {
	for _, file := range archive.Files {
		if file.Name == name {
			return string(file.Data)
		}
	}
	return ""
}

func decodeSection(t *testing.T, archive *txtar.Archive, name string, into any) {
	t.Helper()
	text := section(archive, name)
	if text == "" {
		return
	}
	var tree any
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	data, err := json.Marshal(octalModes(t, tree))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// octalModes turns "Mode": "4755" into a number.
func octalModes(t *testing.T, tree any) any {
	switch tree := tree.(type) {
	case []any:
		for i := range tree {
			tree[i] = octalModes(t, tree[i])
		}
	case map[string]any:
		for key, value := range tree {
			if text, ok := value.(string); ok && key == "Mode" {
				mode, err := strconv.ParseUint(text, 8, 32)
				if err != nil {
					t.Fatalf("mode %q is not octal", text)
				}
				value = mode
			}
			tree[key] = octalModes(t, value)
		}
	}
	return tree
}

func settingsOf(t *testing.T, text string) plan.Settings {
	t.Helper()
	var out plan.Settings
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		id, rest, ok := strings.Cut(line, "=")
		if !ok {
			t.Fatalf("setting %q has no =", line)
		}
		one := plan.Setting{By: plan.BySettings}
		one.Rule, one.Service, one.Key = plan.ParseID(id)
		value, reason, _ := strings.Cut(rest, " ")
		switch value {
		case "on", "off":
			apply := value == "on"
			one.Apply, one.Reason = &apply, reason
		default:
			one.Value = rest
		}
		out.Choices = append(out.Choices, one)
	}
	return out
}

// decisions evaluates the fixture's rules and returns those of its own rule, and
// all.
func (f *fixture) decisions(facts plan.Facts) (own, all []plan.Decision) {
	all = plan.Make(facts, f.settings, f.rules).Decisions
	for _, d := range all {
		if d.Finding.Rule == f.rule {
			own = append(own, d)
		}
	}
	return own, all
}

// render writes decisions as stable text: one line each, what it rests on and what
// the user is told below it.
func render(facts plan.Facts, list []plan.Decision) string {
	var b strings.Builder
	for _, d := range list {
		f := d.Finding
		state := "advice"
		switch {
		case f.Fix == nil:
		case d.Apply:
			state = "applied: " + f.Fix.Summary
		case f.Fix.Blocked != "":
			state = "blocked: " + f.Fix.Summary
		default:
			state = "off: " + f.Fix.Summary
		}
		fmt.Fprintf(&b, "%s %s | %s | %s\n", f.ID(), f.Severity, f.Message, state)
		for _, e := range f.Evidence {
			fmt.Fprintf(&b, "  %s: %s\n", e.From, e.Text)
		}
		if f.Fix == nil {
			continue
		}
		if f.Fix.Blocked != "" {
			fmt.Fprintf(&b, "  blocked: %s [%s]\n", f.Fix.Blocked, f.Fix.Measure)
		}
		if f.Fix.Risk != "" {
			fmt.Fprintf(&b, "  risk: %s\n", f.Fix.Risk)
		}
		for _, note := range f.Fix.Notes {
			fmt.Fprintf(&b, "  note: %s\n", note)
		}
	}
	return strings.ReplaceAll(b.String(), facts.Project.Dir, "$DIR")
}

func fixturePaths(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	return paths
}

func fixtureName(path string) string {
	return strings.TrimSuffix(strings.TrimPrefix(path, "testdata/"), ".txtar")
}

func TestEveryFixtureFindsWhatItSays(t *testing.T) {
	for _, path := range fixturePaths(t) {
		t.Run(fixtureName(path), func(t *testing.T) {
			f := loadFixture(t, path)
			if len(f.rules) == 0 || !slices.ContainsFunc(f.rules, func(r plan.Rule) bool { return r.ID == f.rule }) {
				t.Fatalf("no rule %s", f.rule)
			}
			own, _ := f.decisions(f.facts)
			f.golden(t, "want", render(f.facts, own))
			for _, d := range own {
				checkFinding(t, f.facts, d.Finding)
			}
		})
	}
}

// checkFinding holds what is true of every finding.
func checkFinding(t *testing.T, facts plan.Facts, f plan.Finding) {
	t.Helper()
	lines := []string{f.Message}
	for _, e := range f.Evidence {
		lines = append(lines, e.Text)
	}
	if f.Fix != nil {
		lines = append(lines, f.Fix.Summary, f.Fix.Blocked, f.Fix.Risk)
		lines = append(lines, f.Fix.Notes...)
		if f.Fix.Summary == "" {
			t.Errorf("%s: the fix has no summary", f.ID())
		}
		if f.Fix.Blocked != "" && len(f.Fix.Changes) > 0 {
			t.Errorf("%s: a blocked fix has changes", f.ID())
		}
	}
	if f.Message == "" {
		t.Errorf("%s has no message", f.ID())
	}
	for _, line := range lines {
		if strings.ContainsAny(line, "\n\r") {
			t.Errorf("%s: more than one line: %q", f.ID(), line)
		}
	}
	for _, at := range f.At {
		if at.Line < 1 || !slices.ContainsFunc(facts.Project.Sources, func(s *project.Source) bool { return s.Name == at.File }) {
			t.Errorf("%s: %+v is no place in the project", f.ID(), at)
		}
	}
}

// golden compares a section with a text, or writes it.
func (f *fixture) golden(t *testing.T, name, got string) {
	t.Helper()
	if got == section(f.archive, name) {
		return
	}
	if !*update {
		t.Errorf("%s:\n%s\nin the file:\n%s", name, got, section(f.archive, name))
		return
	}
	f.archive.Files = slices.DeleteFunc(f.archive.Files, func(file txtar.File) bool { return file.Name == name })
	f.archive.Files = append(f.archive.Files, txtar.File{Name: name, Data: []byte(got)})
	if err := os.WriteFile(f.path, txtar.Format(f.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

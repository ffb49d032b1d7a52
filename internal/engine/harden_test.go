package engine

import (
	"os"
	"path/filepath"
	"testing"
)

// A source that not everybody may read gives no file that everybody may.
func TestAHardenedFileIsNoMoreReadableThanItsSource(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "compose.yaml")
	if err := os.WriteFile(source, []byte("services:\n  web:\n    image: nginx:1.27\n    ports: [\"80:80\"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, inPlace := range []bool{false, true} {
		e, err := New(Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		h, err := e.Harden(t.Context(), HardenRequest{SurveyRequest: SurveyRequest{Offline: true}, InPlace: inPlace})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Write(h); err != nil {
			t.Fatal(err)
		}
		for _, name := range h.Main {
			if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("in place %v: %s: %v, %v", inPlace, name, info.Mode(), err)
			}
		}
	}
}

// What was measured for a service decides, the command line before batten.yaml.
func TestTheCommandLineCountsForMoreThanTheFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"compose.yaml": "services:\n  web:\n    image: nginx:1.27\n    ports: [\"8080:80\"]\n",
		"batten.yaml":  "decisions:\n- {rule: B020/web, skip: for the LAN}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	e, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	applied := func(req SurveyRequest) bool {
		req.Offline = true
		h, err := e.Harden(t.Context(), HardenRequest{SurveyRequest: req})
		if err != nil {
			t.Fatal(err)
		}
		return h.Plan.Applies("B020", "web")
	}
	if applied(SurveyRequest{}) {
		t.Error("what batten.yaml skips is applied")
	}
	yes := true
	one, err := ParseDecision("B020/web")
	if err != nil {
		t.Fatal(err)
	}
	one.Apply = &yes
	if !applied(SurveyRequest{Settings: append(SurveyRequest{}.Settings, one)}) {
		t.Error("what the command line applies is not")
	}
}

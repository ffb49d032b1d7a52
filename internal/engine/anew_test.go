package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"batten/plan"
)

// demoShop is the demonstration's project, which has recordings, in a folder of its
// own.
func demoShop(t testing.TB) *Engine {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	if err := UnpackDemo(dir); err != nil {
		t.Fatal(err)
	}
	e, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func hardened(t testing.TB, e *Engine, settings ...plan.Setting) *Hardening {
	t.Helper()
	h, err := e.Harden(t.Context(), offline(settings...))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func offline(settings ...plan.Setting) HardenRequest {
	return HardenRequest{SurveyRequest: SurveyRequest{Offline: true, Settings: settings, AppArmor: AppArmorOn}, Keep: true}
}

func decisionOn(t testing.TB, id string, apply bool) plan.Setting {
	t.Helper()
	one, err := ParseDecision(id)
	if err != nil {
		t.Fatal(err)
	}
	one.Apply, one.Reason = &apply, "because"
	return one
}

// differences names the files that two hardenings say otherwise.
func differences(a, b *Hardening) []string {
	var out []string
	if len(a.artifacts) != len(b.artifacts) {
		out = append(out, "the number of files")
	}
	for i := range min(len(a.artifacts), len(b.artifacts)) {
		x, y := a.artifacts[i], b.artifacts[i]
		if x.Path != y.Path || !bytes.Equal(x.Content, y.Content) || x.Mode != y.Mode {
			out = append(out, x.Path)
		}
	}
	x, errX := encodeJSON(a)
	y, errY := encodeJSON(b)
	if errX != nil || errY != nil || !bytes.Equal(x, y) {
		out = append(out, "the hardening's own account")
	}
	return out
}

func TestDecidingAnewGivesWhatHardeningGives(t *testing.T) {
	e := demoShop(t)
	first := hardened(t, e)
	for name, settings := range map[string][]plan.Setting{
		"nothing":                   nil,
		"no seccomp profile":        {decisionOn(t, "B014/app", false)},
		"privileges can be gained":  {decisionOn(t, "B003/web", false), decisionOn(t, "B003/db", false)},
		"secrets stay":              {decisionOn(t, "B040", false)},
		"networks stay":             {decisionOn(t, "B024", false), decisionOn(t, "B025", false)},
		"an AppArmor profile apart": {decisionOn(t, "B015/cache", false)},
	} {
		t.Run(name, func(t *testing.T) {
			anew, err := first.With(t.Context(), settings)
			fresh, freshErr := e.Harden(t.Context(), offline(settings...))
			if err != nil || freshErr != nil {
				t.Fatalf("%v, hardening says %v", err, freshErr)
			}
			if diff := differences(anew, fresh); len(diff) > 0 {
				t.Errorf("differ: %v", diff)
			}
			if len(settings) > 0 && len(differences(anew, first)) == 0 {
				t.Error("the settings changed nothing")
			}
		})
	}
	if diff := differences(first, hardened(t, e)); len(diff) > 0 {
		t.Errorf("deciding anew changed the hardening that it started from: %v", diff)
	}
}

// What was decided in one step is no part of the next one.
func TestDecidingAnewTwiceTakesTheSettingsPlace(t *testing.T) {
	e := demoShop(t)
	first := hardened(t, e, decisionOn(t, "B014/app", false))
	second, err := first.With(t.Context(), []plan.Setting{decisionOn(t, "B014/db", false)})
	if err != nil {
		t.Fatal(err)
	}
	if !second.Plan.Applies("B014", "app") || second.Plan.Applies("B014", "db") {
		t.Error("the old settings count still, or the new ones do not")
	}
	third, err := second.With(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := differences(third, hardened(t, e)); len(diff) > 0 {
		t.Errorf("differ: %v", diff)
	}
}

func TestASettingThatIsAboutNothingIsAMistakeAnewToo(t *testing.T) {
	first := hardened(t, demoShop(t))
	if _, err := first.With(t.Context(), []plan.Setting{decisionOn(t, "B014/nobody", false)}); err == nil {
		t.Error("a decision about a service that is not there is taken")
	}
}

// The facts stay those of the hardening, and what is decided is written where it is to
// be kept.
func TestDecidingAnewKeepsTheSettingsAndReadsNoFactAgain(t *testing.T) {
	e := demoShop(t)
	first := hardened(t, e)
	settings := []plan.Setting{decisionOn(t, "B014/app", false)}
	before, err := first.With(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"hardened/recordings/app.json", "compose.yaml"} {
		if err := os.Rename(filepath.Join(e.Dir(), name), filepath.Join(e.Dir(), name+".away")); err != nil {
			t.Fatal(err)
		}
	}
	anew, err := first.With(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range anew.artifacts {
		if !bytes.Equal(a.Content, before.artifacts[i].Content) {
			t.Errorf("%s is made of other facts", a.Path)
		}
	}
	if err := e.Write(anew); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(e.Dir(), settingsFile))
	if err != nil || !bytes.Contains(data, []byte("B014/app")) {
		t.Errorf("%s, %v", data, err)
	}
}

// Run with -race.
func TestDecidingAnewWhileOthersRead(t *testing.T) {
	first := hardened(t, demoShop(t))
	var wait sync.WaitGroup
	for _, id := range []string{"B014/app", "B003/web"} {
		settings := []plan.Setting{decisionOn(t, id, false)}
		wait.Go(func() {
			if _, err := first.With(t.Context(), settings); err != nil {
				t.Error(err)
			}
		})
	}
	for range 3 {
		for _, f := range first.Files {
			if _, err := first.Text(f.Path); err != nil {
				t.Error(err)
			}
		}
		for _, s := range allNames(first.survey.project) {
			first.Calls(s)
			first.AppArmorRules(s)
			first.Checklist(s)
		}
		first.Layouts()
	}
	wait.Wait()
}

// BenchmarkAnew measures one decision of the user until all files are made again.
func BenchmarkAnew(b *testing.B) {
	e := demoShop(b)
	b.Run("harden", func(b *testing.B) {
		for b.Loop() {
			hardened(b, e)
		}
	})
	b.Run("with", func(b *testing.B) {
		h := hardened(b, e)
		off := false
		for b.Loop() {
			off = !off
			var err error
			if h, err = h.With(b.Context(), []plan.Setting{decisionOn(b, "B014/app", off)}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

package secrets

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"batten/plan"
)

func sensitive(values ...string) []plan.Sensitive {
	out := make([]plan.Sensitive, len(values))
	for i, v := range values {
		out[i] = plan.NewSensitive(v)
	}
	return out
}

func TestMaskedTexts(t *testing.T) {
	for _, c := range []struct {
		values     []string
		text, want string
	}{
		{[]string{"hunter2"}, "-    PASSWORD: hunter2\n+    PASSWORD: ${X}", "-    PASSWORD: " + masked + "\n+    PASSWORD: ${X}"},
		{[]string{"hunter2"}, "postgres://u:hunter2@db/x ${A:-hunter2}", "postgres://u:" + masked + "@db/x ${A:-" + masked + "}"},
		{[]string{"abc1", "abc1ef"}, "abc1ef abc1", masked + " " + masked},
		// A word that stands for other things, too, goes only where it is the credential.
		{[]string{"postgres"}, "image: postgres:16\nPOSTGRES_USER: postgres\nPOSTGRES_PASSWORD: postgres\n- DB_PASS='postgres'",
			"image: postgres:16\nPOSTGRES_USER: postgres\nPOSTGRES_PASSWORD: " + masked + "\n- DB_PASS='" + masked + "'"},
		{[]string{"postgres"}, "postgres://postgres:postgres@db ${DB_PASSWORD:-postgres} --password postgres --host postgres",
			"postgres://postgres:" + masked + "@db ${DB_PASSWORD:-" + masked + "} --password " + masked + " --host postgres"},
		{[]string{"abc"}, "TOKEN=abc abcd xabc TOKEN: \"abc\" abc", "TOKEN=" + masked + " abcd xabc TOKEN: \"" + masked + "\" abc"},
		{[]string{"one line\ntwo line"}, "+ one line\n+ two line", "+ " + masked + "\n+ " + masked},
		{nil, "nothing", "nothing"},
	} {
		if got := Mask(sensitive(c.values...), c.text); got != c.want {
			t.Errorf("%q becomes %q", c.text, got)
		}
	}
}

func TestNoValueThatIsNoWordOutlivesMasking(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.StringMatching(`[a-c$@]{3,8}[0-9]`), 1, 4).Draw(t, "values")
		text := rapid.SliceOf(rapid.OneOf(rapid.SampledFrom(values), rapid.StringMatching(`[a-c$@ 0-9:\n]{0,4}`))).Draw(t, "text")
		got := Mask(sensitive(values...), strings.Join(text, ""))
		for _, v := range values {
			if strings.Contains(got, v) {
				t.Fatalf("a value is left in %q", got)
			}
		}
	})
}

func TestValuesHoldWhatTheFilesHold(t *testing.T) {
	p := composeWith(t, "services:\n  a:\n    image: x\n    environment:\n      A_PASSWORD: \"pa$$$$word\"\n      B_PASSWORD: ${B:-fallback}\n      C_PASSWORD: ${C}\n", "B=given\nC=elsewhere\n")
	text := ""
	for _, v := range Values(Find(p)) {
		text += v.Reveal() + "\n"
	}
	for _, want := range []string{"pa$$word\n", "pa$$$$word\n", "given\n", "fallback\n", "elsewhere\n"} {
		if !strings.Contains(text, want) {
			t.Error("a value is not known")
		}
	}
}

package engine

import (
	"slices"
	"strings"
	"testing"
)

func TestTheTextOfAFileTiesItsLinesToDecisions(t *testing.T) {
	h := hardened(t, demoShop(t))
	text, err := h.Text("compose.hardened.yml")
	if err != nil || text.What != whatCompose {
		t.Fatalf("%+v, %v", text.What, err)
	}
	behind := map[string][]string{}
	for _, l := range text.Lines {
		behind[strings.TrimSpace(l.Text)] = l.Findings
	}
	if got := behind[`- "127.0.0.1:18080:80"`]; !slices.Equal(got, []string{"B020/web/18080:80/tcp"}) {
		t.Errorf("behind the port's line: %v", got)
	}
	if got, there := behind["image: batten-test/shop-web:1"]; !there || len(got) > 0 {
		t.Errorf("behind a line that is as it was: %v", got)
	}
	for i := range h.artifacts {
		a := &h.artifacts[i]
		text, err := h.Text(a.Path)
		if err != nil || !a.Secret && len(text.Lines) != strings.Count(string(a.Content), "\n") {
			t.Errorf("%s has %d lines, %v", a.Path, len(text.Lines), err)
		}
	}
	if _, err := h.Text("/etc/passwd"); err == nil {
		t.Error("a file that the hardening does not make is shown")
	}
}

// The compose file in place is the user's own, with the credentials that stay in it.
func TestNoTextOfAFileShowsASecret(t *testing.T) {
	e := demoShop(t)
	req := offline(decisionOn(t, "B040", false), decisionOn(t, "B014", false))
	req.InPlace = true
	h, err := e.Harden(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	secrets, shown := 0, 0
	for _, hardening := range []*Hardening{h, hardened(t, e)} {
		for _, f := range hardening.Files {
			text, err := hardening.Text(f.Path)
			if err != nil {
				t.Fatal(err)
			}
			if text.Secret {
				secrets++
			}
			for _, l := range text.Lines {
				shown++
				for _, v := range hardening.SecretValues() {
					if value := v.Reveal(); len(value) > 8 && strings.Contains(l.Text, value) || text.Secret {
						t.Errorf("%s shows a secret", f.Path)
					}
				}
			}
		}
	}
	if secrets == 0 || shown < 1000 {
		t.Errorf("%d files of secrets, %d lines shown", secrets, shown)
	}
}

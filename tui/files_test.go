package tui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"batten/internal/engine"
)

// onFile is a session with a file of the bundled project chosen.
func onFile(t *testing.T, w, h int, path string) *session {
	t.Helper()
	s := begin(t, w, h, nil)
	s.keys("4")
	s.toFile(path)
	return s
}

func (s *session) toFile(path string) {
	s.t.Helper()
	s.keys("g")
	for range s.m.hardening.Files {
		if s.m.files().chosen().Path == path {
			return
		}
		s.keys("]")
	}
	if s.m.files().chosen().Path != path {
		s.t.Fatalf("%s is not listed:\n%s", path, s.frame())
	}
}

func TestFilesStandUnderTheirFoldersWithWhatWouldBecomeOfThem(t *testing.T) {
	s := begin(t, 80, 40, nil)
	s.keys("4")
	s.shows("files: 17 new", "the project's folder", "▸ + new compose.hardened.yml", "compose file", "hardened/seccomp/", "+ new web.json", "1 of 17")
	s.keys("G")
	s.shows("17 of 17")
	s.keys("g", "k", "k")
	s.shows("▸ + new compose.hardened.yml", "1 of 17")
	s.keys("j", "j")
	if f := s.m.files().chosen(); f == nil || f.Path != "hardened/seccomp/app.json" {
		t.Errorf("two down from the first is %v: a heading can be chosen", f)
	}
	s.keys("/")
	s.write("web")
	s.keys("enter")
	s.shows("hardened/apparmor/", "of 2")
	s.hides("app.json", "hardened/secrets/")
	s.keys("/")
	s.write("nowhere")
	s.shows("nothing fits")
	s.keys("esc")
	s.shows("of 17")
}

func TestTheDifferenceStandsWithItsReasons(t *testing.T) {
	s := onFile(t, 120, 40, "compose.hardened.yml")
	s.shows("compared with compose.yaml", "@@ -1,34", "65 lines added, 6 removed", `B056//version: write version: "3.8"`, `+ version: "3.8"`, "B021/web/18443:443/tcp", "listened on 80/tcp in 1 run", "-       - \"18443:443\"")
	s.hides(" │ ")
	before := s.frame()
	s.keys("t")
	s.shows(" │ ")
	s.keys("]", "[")
	s.shows(" │ ") // it is remembered
	s.keys("t")
	if s.frame() != before {
		t.Errorf("t twice is not as it was:\n%s", s.frame())
	}
	s.keys("tab", "n", "e")
	s.shows("rule B056")
}

func TestDifferencesStandSideBySideWhereThereIsRoom(t *testing.T) {
	s := onFile(t, 200, 60, "compose.hardened.yml")
	s.shows(" │ ")
	s.send(tea.WindowSizeMsg{Width: 100, Height: 30})
	s.hides(" │ ")
	s.keys("t")
	s.shows(" │ ")
	s.send(tea.WindowSizeMsg{Width: 200, Height: 60})
	s.keys("t")
	s.hides(" │ ")
}

func TestTheCursorStaysOnItsLineWhenTheLayoutChanges(t *testing.T) {
	s := onFile(t, 120, 40, "compose.hardened.yml")
	s.keys("tab")
	for range 9 {
		s.keys("n")
	}
	p := &s.m.files().content
	id := p.rows.at(p.current()).ids
	for _, key := range []string{"t", "t", "+", "+"} {
		s.keys(key)
		if got := p.rows.at(p.current()).ids; !slices.Equal(got, id) {
			t.Fatalf("after %s the cursor is on %q, not %q", key, got, id)
		}
	}
}

func TestLongLinesAreScrolledSidewaysAndNumbersStay(t *testing.T) {
	s := onFile(t, 80, 24, "compose.hardened.yml")
	s.keys("tab")
	s.shows("1   1   # The shop, put", "never looked a…")
	s.keys("<")
	s.shows("this is the left end")
	s.keys(">", ">")
	s.shows("never looked at again", "1   1  ", "@@ -1,34")
	s.hides("# The shop")
	s.keys("<", "<")
	s.shows("# The shop")
}

func TestEnterGoesToTheContentAndLeafingWorksThere(t *testing.T) {
	s := onFile(t, 80, 24, "compose.hardened.yml")
	s.hides("@@ -1")
	s.keys("enter")
	s.shows("@@ -1")
	s.keys("]", "]")
	s.shows("hardened/seccomp/app.json")
	s.keys("[", "[")
	s.shows("@@ -1")
}

func TestSecretsAreNeverShown(t *testing.T) {
	s := begin(t, 200, 60, nil)
	s.keys("4")
	secrets := 0
	for range s.m.hardening.Files {
		f := s.m.files().chosen()
		if f.What == "secret" {
			secrets++
			s.shows("never shown")
		}
		for range viewsOf[kindOf(f)] {
			for _, v := range s.m.hardening.SecretValues() {
				if strings.Contains(s.frame(), v.Reveal()) {
					t.Errorf("%s shows a secret", f.Path)
				}
			}
			s.keys("c")
		}
		s.keys("]")
	}
	if secrets == 0 {
		t.Error("no secret is among the files")
	}
}

func TestOnlyFilesThatWouldChangeAreListedOnWish(t *testing.T) {
	s := begin(t, 120, 40, nil)
	s.keys("4", "W", "y", "esc")
	s.shows("files: 17 same", "= same compose.hardened.yml")
	s.keys("D")
	s.shows("would change", "nothing to write", "choose a file")
	for _, key := range []string{"c", "t", "]", "enter", "y", "e", "Y", "tab", "n", "e", "y", ">", "enter"} {
		s.keys(key) // with nothing chosen
	}
	s.keys("D")
	s.shows("= same")
}

func TestEveryFileHasACommandThatShowsIt(t *testing.T) {
	s := begin(t, 120, 40, nil)
	s.keys("4")
	for path, want := range map[string]string{
		"compose.hardened.yml": "batten harden", "hardened/seccomp/web.json": "batten profile show web --format docker",
		"hardened/apparmor/batten.shop.db": "batten profile show db --format apparmor",
	} {
		s.toFile(path)
		for range 2 {
			if got := s.m.sameCommand(); got != want {
				t.Errorf("%s: %q, not %q", path, got, want)
			}
			s.keys("tab")
		}
	}
}

func TestPagesAreLaidOutForReading(t *testing.T) {
	s := onFile(t, 120, 40, "hardened/REPORT.md")
	s.shows("service  score  ", "───────", "changes stand in `compose.hardened.yml`, the source")
	s.keys("c")
	s.shows("  1  # Hardening of `shop`", "|---|---|", "the file as it is")
}

func TestPagesKeepWhatTheySay(t *testing.T) {
	var lines []engine.FileLine
	for _, text := range []string{
		"# head", "", "one two", "three", "- first item that", "  goes on", "- second", "1. numbered", "| a | bb |", "|---|---|", "| ccc | d |", "```sh", "# no   head", "| no | table", "```", "| odd |", "|---|", "| 1 | 2 |", "after",
	} {
		lines = append(lines, engine.FileLine{Text: text})
	}
	const want = `
# head

one two three
- first item
  that goes on
- second
1. numbered
a    bb
───  ──
ccc  d
` + "```sh" + `
# no   head
| no | table
` + "```" + `
| odd |
|---|
| 1 | 2 |
after
`
	if got := drawnRows(pageRows(lines, 14), 0, 14); got != want {
		t.Errorf("got:%s\nwant:%s", got, want)
	}
}

func TestFilesFrames(t *testing.T) {
	frames(t, "files", func(s *session) { s.keys("4") })
	frames(t, "files-difference", func(s *session) { s.keys("4", "tab", "+", "n", "n") }) // side by side from 120 columns
	frames(t, "files-seccomp", func(s *session) { s.keys("4"); s.toFile("hardened/seccomp/web.json"); s.keys("tab") })
	frames(t, "files-compared", func(s *session) { s.keys("4"); s.toFile("hardened/seccomp/web.json"); s.keys("tab", "c") })
	frames(t, "files-apparmor", func(s *session) { s.keys("4"); s.toFile("hardened/apparmor/batten.shop.web"); s.keys("tab") })
}

package tui

import (
	"strings"
	"testing"
)

func TestTheFilesScreenShowsTheDifferenceWithItsReasons(t *testing.T) {
	s := begin(t, 120, 40, nil)
	s.keys("4")
	s.shows("compose.hardened.yml", "compared with compose.yaml", "@@ -", "# B056", "+ version: \"3.8\"", "# B020/web")
	before := s.frame()
	s.keys("t")
	if s.frame() == before {
		t.Error("t changes nothing")
	}
	s.keys("t")
	if s.frame() != before {
		t.Error("t twice is not as it was")
	}
	s.keys("tab", "n", "e")
	if s.m.dialog() == nil {
		t.Errorf("e on a reason explains nothing:\n%s", s.frame())
	}
}

func TestAProfileIsShownByReasonsComparedAndAsItIs(t *testing.T) {
	s := begin(t, 120, 40, nil)
	s.keys("4")
	for range 30 {
		if f := s.m.files().chosen(); f != nil && f.Path == "hardened/seccomp/web.json" {
			break
		}
		s.keys("]")
	}
	s.shows("117 calls, 192 of Docker's refused", "✓", "accept4")
	s.keys("c")
	s.shows("✗")
	s.keys("c")
	s.shows(`"defaultAction"`)
	s.keys("c", "tab", "/")
	s.write("openat")
	s.keys("enter", "e")
	if s.m.dialog() == nil {
		t.Errorf("e on a call explains nothing:\n%s", s.frame())
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	s := begin(t, 200, 60, nil)
	s.keys("4")
	secrets := 0
	for range s.m.hardening.Files {
		if f := s.m.files().chosen(); strings.HasPrefix(f.Path, "hardened/secrets/") && f.What == "secret" {
			secrets++
			s.shows("never shown")
		}
		for _, v := range s.m.hardening.SecretValues() {
			if strings.Contains(s.frame(), v.Reveal()) {
				t.Errorf("%s shows a secret", s.m.files().chosen().Path)
			}
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
	s.keys("D")
	s.shows("nothing to write")
	s.keys("D")
	s.shows("= same")
}

func TestFilesFrames(t *testing.T) {
	frames(t, "files", func(s *session) { s.keys("4") })
	frames(t, "files-seccomp", func(s *session) {
		s.keys("4", "]", "tab")
	})
}

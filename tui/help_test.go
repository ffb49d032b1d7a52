package tui

import (
	"strings"
	"testing"
)

func TestHelpListsEveryKeyOfTheScreen(t *testing.T) {
	s := begin(t, 100, 60, nil)
	for n, name := range []string{"Overview", "Trace", "Plan", "Files"} {
		s.keys(string(rune('1'+n)), "?")
		h := s.m.dialog().(*help)
		text := ""
		for _, l := range h.text(200) {
			text += l.text() + "\n"
		}
		for _, v := range s.m.verbs() {
			is := strings.Contains(text, v.title)
			if (v.where == "" || v.where == name) && !is {
				t.Errorf("%s: %s is missing", name, v.id)
			}
		}
		if !strings.Contains(text, "on this screen") || !strings.Contains(text, "moving") {
			t.Errorf("%s: a part is missing", name)
		}
		s.keys("esc")
	}
}

func TestHelpIsFilteredByWordAndByKey(t *testing.T) {
	s := handmade(t, 100, 30, manyDecisions(2, 3)...)
	s.keys("?")
	s.write("undo")
	s.shows("undo the last decision", "not now: no decision to undo")
	s.hides("next pane")
	s.keys("esc", "?")
	s.write("q") // a key, and text
	s.shows("on the key q", "quit")
	if s.m.dialog() == nil {
		t.Fatal("q closed the help")
	}
	s.keys("esc", "?")
	s.write("ctrl+r")
	s.shows("on the key ctrl+r", "redo it")
	s.hides("undo the last")
	s.keys("esc", "?")
	s.write("nothing like this")
	s.shows("no key does nothing like this here")
}

func TestHelpDoesNothing(t *testing.T) {
	s := handmade(t, 80, 24, manyDecisions(2, 3)...)
	s.keys("?")
	before := s.frame()
	s.keys("enter")
	if after := s.frame(); after != before {
		t.Errorf("enter changed it:\n%s", after)
	}
	s.keys("pgdown", "down", "up")
	if s.frame() == before {
		t.Error("it does not scroll")
	}
	s.keys("space", "u", "W")
	if s.m.decisions.open() != 0 || len(s.m.dialogs) != 1 {
		t.Error("a key was done")
	}
	s.keys("esc")
	if s.m.dialog() != nil {
		t.Error("esc does not close it")
	}
}

func TestHelpFrames(t *testing.T) {
	frames(t, "help", func(s *session) { s.keys("3", "?") })
	frames(t, "help-filtered", func(s *session) {
		s.keys("?")
		s.write("write")
	})
}

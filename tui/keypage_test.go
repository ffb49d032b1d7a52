package tui

import (
	"os"
	"slices"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

func TestTheManualHasTheKeysOfTheTable(t *testing.T) {
	const path = "../docs/keybindings.md"
	page := KeyPage()
	if os.Getenv(updateGolden) != "" {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := udiff.Unified(path, "the table", string(have), page); d != "" {
		t.Errorf("%s\n(write it with %s=1)", d, updateGolden)
	}
}

func TestNoKeyDoesTwoThingsOnOneScreen(t *testing.T) {
	m := sampleModel()
	for _, s := range m.screens {
		taken := map[string]string{}
		for key := range movements {
			taken[key] = "moving"
		}
		for _, v := range m.verbs() {
			if v.where != "" && v.where != s.name() {
				continue
			}
			for _, key := range v.keys {
				if other := taken[key]; other != "" {
					t.Errorf("%s: %q is of %s and of %s", s.name(), key, other, v.id)
				}
				taken[key] = v.id
			}
		}
	}
}

func TestKeysOfTerminalsAndMultiplexersAreLeftToThem(t *testing.T) {
	theirs := []string{"ctrl+h", "ctrl+j", "ctrl+k", "ctrl+l", "ctrl+b", "ctrl+s", "ctrl+q", "ctrl+c", "ctrl+z", "esc"}
	for _, v := range sampleModel().verbs() {
		for _, key := range v.keys {
			if slices.Contains(theirs, key) {
				t.Errorf("%s binds %s", v.id, key)
			}
			if key == "enter" && v.id != "open" {
				t.Errorf("%s is on enter, which only looks closer", v.id)
			}
		}
	}
}

func TestWhatChangesSomethingHasACommand(t *testing.T) {
	lines := VerbCommands()
	ids := map[string]bool{}
	for _, v := range sampleModel().verbs() {
		switch {
		case ids[v.id]:
			t.Errorf("two verbs are called %s", v.id)
		case len(v.keys) == 0 || v.title == "" || v.do == nil:
			t.Errorf("%s lacks a key, a title or what it does", v.id)
		case !v.view && (len(lines[v.id]) < 2 || lines[v.id][0] != "batten"):
			t.Errorf("%s changes something and has no command: %q", v.id, lines[v.id])
		}
		ids[v.id] = true
	}
}

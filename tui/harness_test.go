package tui

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"batten/internal/engine"
)

// demoProject is an engine on the bundled project, in a folder of its own, and the feed
// that receives its events.
func demoProject(t testing.TB) (*engine.Engine, *Feed) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	if err := engine.UnpackDemo(dir); err != nil {
		t.Fatal(err)
	}
	feed := NewFeed()
	e, err := engine.New(engine.Options{Dir: dir, Events: feed.Handle})
	if err != nil {
		t.Fatal(err)
	}
	return e, feed
}

// session is a model that a test drives: what its work comes to arrives at once.
type session struct {
	t testing.TB
	m *model
}

// begin is a session on the bundled project, loaded, at a size.
func begin(t testing.TB, w, h int, change func(*Options)) *session {
	t.Helper()
	e, feed := demoProject(t)
	o := Options{
		Project: e, Feed: feed, Demo: true, Survey: engine.SurveyRequest{Offline: true},
		Run: func(context.Context, []string) (string, error) { return "done\n", nil },
	}
	if change != nil {
		change(&o)
	}
	return beginWith(t, w, h, o)
}

func beginWith(t testing.TB, w, h int, o Options) *session {
	t.Helper()
	m, err := newModel(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	m.after = timeless
	s := &session{t, m}
	s.send(tea.WindowSizeMsg{Width: w, Height: h})
	s.do(m.Init())
	return s
}

func (s *session) send(msgs ...tea.Msg) {
	for _, msg := range msgs {
		s.do(s.m.receive(msg))
		s.m.frame() // as the program does after each message
	}
}

// do runs work and lets the model receive what it comes to.
func (s *session) do(w work) {
	for _, msg := range collect(w) {
		s.send(msg)
	}
}

// collect runs work, one part after the other.
func collect(w work) []tea.Msg {
	if w == nil {
		return nil
	}
	msg := w()
	if batch, ok := msg.(tea.BatchMsg); ok {
		var out []tea.Msg
		for _, one := range batch {
			out = append(out, collect(one)...)
		}
		return out
	}
	return []tea.Msg{msg}
}

// timeless are timers that never fire.
func timeless(time.Duration, tea.Msg) work { return nil }

// keys presses keys by their names.
func (s *session) keys(names ...string) {
	s.t.Helper()
	for _, name := range names {
		s.send(keyOf(name))
	}
}

// write presses the keys of a text.
func (s *session) write(text string) {
	for _, r := range text {
		s.send(keyOf(string(r)))
	}
}

var keyCodes = map[string]tea.KeyPressMsg{
	"space": {Code: ' ', Text: " "}, " ": {Code: ' ', Text: " "}, "enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab},
	"shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
	"pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "backspace": {Code: tea.KeyBackspace},
}

func keyOf(name string) tea.KeyPressMsg {
	if k, ok := keyCodes[name]; ok {
		return k
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModCtrl}
	}
	r := []rune(name)[0]
	return tea.KeyPressMsg{Code: r, Text: name}
}

// frame is what is visible, without colours.
func (s *session) frame() string {
	var b strings.Builder
	plain := &theme{ascii: s.m.theme.ascii}
	styled := s.m.theme
	s.m.theme = plain
	b.WriteString(s.m.frame())
	s.m.theme = styled
	return b.String()
}

// shows fails unless all texts are visible.
func (s *session) shows(texts ...string) {
	s.t.Helper()
	f := s.frame()
	for _, text := range texts {
		if !strings.Contains(f, text) {
			s.t.Errorf("%q is not visible:\n%s", text, f)
		}
	}
}

func (s *session) hides(texts ...string) {
	s.t.Helper()
	f := s.frame()
	for _, text := range texts {
		if strings.Contains(f, text) {
			s.t.Errorf("%q is visible:\n%s", text, f)
		}
	}
}

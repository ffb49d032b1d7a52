package tui

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"batten/internal/engine"
	"batten/profiles"
)

// still is a project that traces nothing and writes nothing.
type still struct{ Project }

func (still) Trace(context.Context, engine.TraceRequest) (*engine.TraceResult, error) {
	return &engine.TraceResult{}, nil
}
func (still) Replay(context.Context, []string, float64, <-chan struct{}) error { return nil }
func (still) Write(*engine.Hardening) error                                    { return nil }

// loadedOnce is the bundled project, planned once for many models.
func loadedOnce(t testing.TB) (Options, loaded) {
	t.Helper()
	s := begin(t, 80, 24, nil)
	if s.m.hardening == nil {
		t.Fatalf("the project was not loaded: %v", s.m.failed)
	}
	o := s.m.options
	o.Project = still{o.Project}
	return o, loaded{inspection: s.m.inspection, hardening: s.m.hardening}
}

// hostile are names as an enemy would choose them.
var hostile = []string{
	"plain", "\x1b[2J\x1b[H", "\x1b]0;title\a", "a\rb", "a\nb", "\tx", "\u202egnp.exe", "\u200bzero\u200dwidth", "漢字の名前", "e\u0301\u0301\u0301\u0301",
	"👩‍👩‍👧‍👦", "🇩🇪🇫🇷", "\xff\xfe", "\x9b31m", "क्षि", "עברית", "ﷺ", "｡ﾟ", "ᄀᄀᄀ각ᆨᆨ", "\x1b]8;;http://x\x1b\\link", strings.Repeat("long", 300), "\u00ad\u2028\ufeff", "①½…", "\x00",
}

// checkFrame fails unless a frame is as large as its screen, by both ways in which
// terminals count.
func checkFrame(t interface{ Fatalf(string, ...any) }, m *model) {
	if m.w <= 0 || m.h <= 0 {
		return
	}
	lines := strings.Split(m.frame(), "\n")
	if len(lines) != m.h {
		t.Fatalf("%d lines on a screen of %dx%d", len(lines), m.w, m.h)
	}
	for i, l := range lines {
		if a, b := ansi.StringWidth(l), ansi.StringWidthWc(l); a != m.w || b != m.w {
			t.Fatalf("line %d of %dx%d is %d or %d cells wide: %q", i, m.w, m.h, a, b, l)
		}
		for _, r := range ansi.Strip(l) {
			if r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 {
				t.Fatalf("line %d has a control character: %q", i, l)
			}
		}
	}
}

func TestFramesFitWhateverIsPressedAndWhateverComes(t *testing.T) {
	o, project := loadedOnce(t)
	keys := []string{"ctrl+z", "backspace", "a", "é", "漢"}
	for _, v := range mustModel(t, o).table {
		keys = append(keys, v.keys...)
	}
	for k := range keyCodes {
		keys = append(keys, k)
	}
	for k := range movements {
		keys = append(keys, k)
	}
	rapid.Check(t, func(rt *rapid.T) {
		o.Feed = NewFeed()
		m := mustModel(t, o)
		s := &session{t, m}
		s.send(tea.WindowSizeMsg{Width: rapid.IntRange(20, 300).Draw(rt, "w"), Height: rapid.IntRange(5, 100).Draw(rt, "h")})
		if rapid.Bool().Draw(rt, "loaded") {
			s.send(project)
		}
		if rapid.Bool().Draw(rt, "ascii") {
			m.theme.ascii = true
		}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "what") {
			case 0:
				s.send(tea.WindowSizeMsg{Width: rapid.IntRange(20, 300).Draw(rt, "w"), Height: rapid.IntRange(5, 100).Draw(rt, "h")})
			case 1:
				m.options.Feed.Handle(randomProgress(rt))
				m.tick()
			case 2:
				s.send(tea.MouseClickMsg{X: rapid.IntRange(0, 300).Draw(rt, "x"), Y: rapid.IntRange(0, 100).Draw(rt, "y")})
			case 3:
				s.send(tea.PasteMsg{Content: rapid.SampledFrom(hostile).Draw(rt, "paste")})
			default:
				s.send(keyOf(rapid.SampledFrom(keys).Draw(rt, "key")))
			}
			checkFrame(rt, m)
		}
		if w := m.press(keyOf("ctrl+c")); w == nil {
			rt.Fatalf("ctrl+c does not end it")
		} else if _, ok := w().(tea.QuitMsg); !ok {
			rt.Fatalf("ctrl+c does not end it")
		}
	})
}

func mustModel(t testing.TB, o Options) *model {
	t.Helper()
	m, err := newModel(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	m.after = timeless
	return m
}

func randomProgress(rt *rapid.T) engine.Progress {
	name := rapid.SampledFrom(hostile)
	kinds := rapid.SampledFrom([]engine.Kind{engine.KindCall, engine.KindCapability, engine.KindDenial, engine.KindProgram, engine.KindFile, engine.KindSocket, engine.KindSignal})
	p := engine.Progress{Elapsed: time.Duration(rapid.IntRange(0, 1e6).Draw(rt, "elapsed")) * time.Millisecond}
	for range rapid.IntRange(1, 5).Draw(rt, "services") {
		one := engine.ServiceProgress{Service: name.Draw(rt, "service"), Phase: profiles.PhaseSteady, Calls: 3, Lost: rapid.Bool().Draw(rt, "lost")}
		for range rapid.IntRange(0, 8).Draw(rt, "new") {
			one.New = append(one.New, engine.Sighting{
				Kind: kinds.Draw(rt, "kind"), Name: name.Draw(rt, "name"), Detail: name.Draw(rt, "detail"), Part: profiles.PartApplication, Phase: profiles.PhaseStartup,
				Origin: &profiles.Origin{Program: name.Draw(rt, "program"), Comm: name.Draw(rt, "comm"), Args: []string{name.Draw(rt, "arg")}},
			})
		}
		p.Services = append(p.Services, one)
	}
	return p
}

func TestEveryCharacterTakesTheCellsThatAreCounted(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !steady(r) {
			continue
		}
		text := string(r)
		if a, b := ansi.StringWidth(text), ansi.StringWidthWc(text); a != b || a != width(text) {
			t.Errorf("%U: %d by clusters, %d by characters, %d here", r, a, b, width(text))
		}
	}
}

func TestHostileTextTakesTheCellsThatItShould(t *testing.T) {
	for _, text := range hostile {
		for _, w := range []int{0, 1, 2, 3, 7, 20, 80} {
			l := said(text).fit(w, "…")
			if got := ansi.StringWidth(l.text()); got != w {
				t.Errorf("%q in %d cells takes %d: %q", text, w, got, l.text())
			}
			if got := ansi.StringWidthWc(l.text()); got != w {
				t.Errorf("%q in %d cells takes %d by characters: %q", text, w, got, l.text())
			}
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String().Draw(rt, "text")
		c := clean(text)
		if a, b := ansi.StringWidth(c), ansi.StringWidthWc(c); a != b || a != width(c) {
			rt.Fatalf("%q: %d by clusters, %d by characters, %d here", c, a, b, width(c))
		}
		if again := clean(c); again != c {
			rt.Fatalf("%q becomes %q", c, again)
		}
	})
}

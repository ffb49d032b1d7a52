package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"batten/internal/engine"
	"batten/profiles"
)

// calls are n sightings of a service, from a number on.
func calls(service string, from, n int) engine.Progress {
	one := engine.ServiceProgress{Service: service, Phase: profiles.PhaseSteady, Calls: from + n}
	for i := from; i < from+n; i++ {
		one.New = append(one.New, engine.Sighting{Kind: engine.KindFile, Name: fmt.Sprintf("/data/file-%d", i), Detail: "read", Part: profiles.PartApplication, Phase: profiles.PhaseSteady})
	}
	return engine.Progress{Elapsed: time.Duration(from) * time.Millisecond, Services: []engine.ServiceProgress{one}}
}

func (s *session) tell(ev engine.Event) {
	s.m.options.Feed.Handle(ev)
	s.m.take()
}

func TestTheStreamFollowsItsEndUntilOneLooksAtSomething(t *testing.T) {
	s, _ := tracing(t, 80, 24, nil)
	s.feed(calls("app", 0, 100))
	s.keys("tab")
	s.shows("following", "100 of 100", "/data/file-99")
	s.tell(calls("app", 100, 100))
	s.shows("200 of 200", "/data/file-199")
	s.keys("k")
	s.tell(calls("app", 200, 100))
	s.shows("at the cursor", "199 of 300", "/data/file-198")
	s.keys("f")
	s.shows("300 of 300", "/data/file-299")
	s.keys("f")
	s.tell(calls("app", 300, 1))
	s.shows("300 of 301", "the cursor stays")
	s.keys("G")
	s.tell(calls("app", 301, 1))
	s.shows("302 of 302")
}

func TestAPausedStreamStandsStillAndCountsWhatCame(t *testing.T) {
	s, _ := tracing(t, 80, 24, nil)
	s.feed(calls("app", 0, 50))
	s.keys("p")
	before := streamRows(s)
	s.tell(calls("app", 50, 30))
	s.shows("paused: 30 more came", "50 of 50")
	if after := streamRows(s); !slices.Equal(before, after) {
		t.Errorf("it moved:\n%s\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
	s.keys("p")
	s.shows("80 of 80", "/data/file-79")
}

func streamRows(s *session) []string {
	var out []string
	for _, l := range strings.Split(s.frame(), "\n") {
		if strings.Contains(l, "/data/file-") {
			out = append(out, l)
		}
	}
	return out
}

func TestAFilterHoldsForWhatComesLater(t *testing.T) {
	s, _ := tracing(t, 80, 24, nil)
	s.feed(calls("app", 0, 100))
	s.keys("tab", "/")
	s.write("file-9")
	s.keys("enter")
	s.shows("11 of 11") // 9 and 90 to 99
	s.tell(calls("app", 100, 900))
	s.shows("111 of 111", "/data/file-999")
	s.keys("esc")
	s.shows("1000 of 1000")
}

func TestANewTraceBeginsWithAnEmptyStream(t *testing.T) {
	s, p := tracing(t, 80, 24, nil)
	s.feed(calls("app", 0, 100))
	s.frame()
	s.keys("tab", "k", "k")
	s.m.trace.end(nil)
	p.result = &engine.TraceResult{}
	s.keys("s")
	s.shows("8 of 8", "connect tcp db:5432")
	s.hides("/data/file-")
}

func TestRowsAreInTheOrderOfTheirMoments(t *testing.T) {
	s, _ := tracing(t, 80, 24, nil)
	s.feed(sampleEvents()...)
	var names []string
	for i := range s.m.trace.seen.len() {
		names = append(names, s.m.trace.seen.at(i).Name)
	}
	want := []string{"/usr/bin/python3", "openat", "/srv/shop.py", "CAP_CHOWN", "setns", "bpf", "connect tcp db:5432", "signal TERM to its own processes"}
	if !slices.Equal(names, want) {
		t.Errorf("the order is %v, want %v", names, want)
	}
}

func TestALongStreamForgetsItsBeginning(t *testing.T) {
	log := newTraceLog()
	log.begin()
	each := maxSeen / 4
	for i := range 7 {
		f := NewFeed()
		f.Handle(calls("app", i*each, each))
		log.add(f.take())
	}
	n := log.seen.len()
	if n > maxSeen+pageSize || n < maxSeen {
		t.Errorf("%d rows are kept", n)
	}
	if got := log.forgotten + n; got != 7*each {
		t.Errorf("%d rows are accounted for, not %d", got, 7*each)
	}
	if got, want := log.seen.at(n-1).Name, fmt.Sprintf("/data/file-%d", 7*each-1); got != want {
		t.Errorf("the last is %s, not %s", got, want)
	}
}

// TestATailShowsWhatAWholeSearchWouldShow compares what is kept up step by step with what
// looking through everything gives.
func TestATailShowsWhatAWholeSearchWouldShow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var all []string
		first := 0
		l := &tail{}
		l.words = func(i int) string { return all[first+i] }
		l.row = func(i, _ int) line { return said(all[first+i]) }
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0:
				for range rapid.IntRange(0, 20).Draw(rt, "more") {
					all = append(all, rapid.StringMatching(`[ab]{1,4}`).Draw(rt, "text"))
				}
			case 1:
				first += rapid.IntRange(0, len(all)-first).Draw(rt, "gone")
			case 2:
				l.grow(first, len(all)-first)
				l.filter(rapid.SampledFrom([]string{"", "a", "ab", "abb", "a b", "!a", "!ab", "b"}).Draw(rt, "filter"))
			case 3:
				l.move(rapid.IntRange(-9, 9).Draw(rt, "by"))
			case 4:
				l.end(rapid.Bool().Draw(rt, "last"))
			}
			l.grow(first, len(all)-first)
			l.draw(40, 5, true)
			var want []string
			fits := func(string) bool { return true }
			if l.wanted != "" {
				fits = matcher(l.wanted)
			}
			for _, text := range all[first:] {
				if fits(text) {
					want = append(want, text)
				}
			}
			var got []string
			for i := range l.count() {
				got = append(got, all[first+l.item(i)])
			}
			if !slices.Equal(got, want) {
				rt.Fatalf("%q shows %v, want %v", l.wanted, got, want)
			}
			if !l.away && l.count() > 0 && l.cursor != l.count()-1 {
				rt.Fatalf("the cursor is on %d of %d", l.cursor, l.count())
			}
		}
	})
}

func TestTheCursorStaysOnItsRowWhenTheBeginningIsForgotten(t *testing.T) {
	var all []string
	for i := range 100 {
		all = append(all, fmt.Sprint("row ", i))
	}
	first := 0
	l := &tail{}
	l.words = func(i int) string { return all[first+i] }
	l.row = func(i, _ int) line { return said(all[first+i]) }
	l.grow(0, 100)
	l.draw(40, 10, true)
	l.move(-20)
	before := l.copied()
	first = 50
	l.grow(first, 50)
	if got := l.copied(); got != before {
		t.Errorf("the cursor went from %q to %q", before, got)
	}
}

func TestWhatCanBeExplainedOfEachKind(t *testing.T) {
	for _, c := range []struct {
		kind       engine.Kind
		name, want string
	}{
		{engine.KindCall, "openat", "openat"},
		{engine.KindDenial, "bpf", "bpf"},
		{engine.KindCapability, "CAP_CHOWN", "CAP_CHOWN"},
		{engine.KindFile, "/etc/passwd", "/etc/passwd"},
		{engine.KindSocket, profiles.Socket{Use: "listen", Protocol: "tcp", Address: "::", Port: 80}.String(), "tcp:80"},
		{engine.KindSocket, profiles.Socket{Use: "connect", Protocol: "udp", Peer: "db", Port: 53}.String(), "udp:53"},
		{engine.KindSocket, profiles.Socket{Use: "connect", Protocol: "unix", Name: "bus"}.String(), "unix:@bus"},
		{engine.KindSocket, "nonsense", ""},
		{engine.KindSignal, profiles.Contact{Kind: profiles.ContactSignal, Signal: "TERM"}.String(), "signal:TERM"},
		{engine.KindSignal, profiles.Contact{Kind: profiles.ContactPtrace}.String(), ""},
	} {
		f := fresh{Sighting: engine.Sighting{Kind: c.kind, Name: c.name}}
		if got := f.question(); got != c.want {
			t.Errorf("%s %q asks for %q, want %q", c.kind, c.name, got, c.want)
		}
	}
}

func TestALongPathShowsItsEnd(t *testing.T) {
	for _, c := range []struct {
		kind engine.Kind
		name string
		w    int
		want string
	}{
		{engine.KindFile, "/usr/lib/locale", 15, "/usr/lib/locale"},
		{engine.KindFile, "/usr/lib/locale", 8, "…/locale"},
		{engine.KindFile, "/データ/漢字", 6, "…/漢字"},
		{engine.KindFile, "/データ/漢字", 5, "…漢字"},
		{engine.KindFile, "/データ/漢字", 4, "…字"},
		{engine.KindFile, "/usr", 0, "…"},
		{engine.KindSocket, "connect tcp db:5432", 8, "connect…"},
	} {
		f := fresh{Sighting: engine.Sighting{Kind: c.kind}}
		if got := f.shortened(c.name, c.w); got != c.want {
			t.Errorf("%q in %d cells is %q, want %q", c.name, c.w, got, c.want)
		}
	}
}

func BenchmarkStreamFilter(b *testing.B) {
	s, _ := tracing(b, 120, 40, nil)
	s.feed()
	for i := range 10 {
		s.tell(calls("app", i*10_000, 10_000))
	}
	s.keys("tab", "/")
	for b.Loop() {
		s.keys("9", "backspace")
		s.m.frame()
	}
}

func BenchmarkStreamGrows(b *testing.B) {
	s, _ := tracing(b, 120, 40, nil)
	s.feed(calls("app", 0, 100_000))
	s.keys("tab", "/")
	s.write("file-9")
	ev := calls("app", 100_000, 10_000)
	for b.Loop() {
		s.tell(ev) // a tenth of a second with 100,000 events a second
		s.m.frame()
	}
}

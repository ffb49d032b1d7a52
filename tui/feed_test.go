package tui

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"batten/internal/engine"
)

func TestEventsNeverBlockAndNothingIsLost(t *testing.T) {
	const senders, each = 8, 125_000
	f := NewFeed()
	var all sync.WaitGroup
	for i := range senders {
		all.Go(func() {
			service := fmt.Sprint("service-", i)
			for n := range each {
				switch n % 5 {
				case 0:
					f.Handle(engine.Output{From: service, Line: "line"})
				case 1:
					f.Handle(engine.Note{Text: "note"})
				default:
					f.Handle(engine.Progress{Elapsed: time.Duration(n), Services: []engine.ServiceProgress{{Service: service, New: []engine.Sighting{{Kind: engine.KindFile, Name: "/x"}}}}})
				}
			}
		})
	}
	all.Wait()
	n := f.take()
	if n.events != senders*each {
		t.Errorf("%d events were counted, not %d", n.events, senders*each)
	}
	if got, want := len(n.fresh)+n.missed, senders*each/5*3; got != want {
		t.Errorf("%d sightings are accounted for, not %d", got, want)
	}
	if len(n.fresh) > maxFresh || len(n.told) > maxTold || len(n.notes) > maxTold {
		t.Errorf("%d sightings, %d lines and %d notes are kept", len(n.fresh), len(n.told), len(n.notes))
	}
	if want := senders * each / 5 * 2; n.lines != want {
		t.Errorf("%d lines were counted, not %d", n.lines, want)
	}
	if again := f.take(); again.events != 0 || again.fresh != nil {
		t.Errorf("%d events were told twice", again.events)
	}
}

func TestWhatDoesNotFitTheFeedIsSaidToBeMissing(t *testing.T) {
	s, _ := tracing(t, 80, 24, nil)
	s.feed()
	s.m.options.Feed.Handle(calls("app", 0, maxFresh+7))
	s.m.take()
	s.shows("7 things recorded, but not shown")
}

func TestOutputIsHandedOnLineByLine(t *testing.T) {
	long := strings.Repeat("x", maxLine+5)
	for _, c := range []struct {
		name   string
		pieces []string
		want   []string
	}{
		{"lines", []string{"a\nb\n"}, []string{"a", "b"}},
		{"in pieces", []string{"a", "b\nc", "d\n"}, []string{"ab", "cd"}},
		{"without an end", []string{"a\nb"}, []string{"a", "b"}},
		{"of another system", []string{"a\r\nb\r\n"}, []string{"a", "b"}},
		{"empty", []string{"\n\na\n"}, []string{"", "", "a"}},
		{"too long", []string{long + "\nb\n"}, []string{long[:maxLine], "xxxxx", "b"}},
		{"nothing", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := NewFeed()
			w := f.writer("it")
			for _, p := range c.pieces {
				if n, err := w.Write([]byte(p)); n != len(p) || err != nil {
					t.Fatalf("wrote %d of %d: %v", n, len(p), err)
				}
			}
			w.flush()
			var got []string
			for _, l := range f.take().told {
				got = append(got, l.text)
			}
			if strings.Join(got, "|") != strings.Join(c.want, "|") || len(got) != len(c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestNoByteOfOutputIsLostAndNoLineIsTooLong(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := NewFeed()
		w := f.writer("it")
		var whole strings.Builder
		for range rapid.IntRange(0, 20).Draw(rt, "pieces") {
			piece := strings.Repeat("y", rapid.IntRange(0, maxLine).Draw(rt, "long")) + rapid.StringMatching(`[a\n]{0,6}`).Draw(rt, "piece")
			whole.WriteString(piece)
			_, _ = w.Write([]byte(piece))
		}
		w.flush()
		var got strings.Builder
		for _, l := range f.take().told {
			if len(l.text) > maxLine {
				rt.Fatalf("a line has %d bytes", len(l.text))
			}
			got.WriteString(l.text)
		}
		if want := strings.ReplaceAll(whole.String(), "\n", ""); got.String() != want {
			rt.Fatalf("%d bytes came of %d", got.Len(), len(want))
		}
	})
}

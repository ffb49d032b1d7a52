package tui

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"batten/internal/engine"
)

// Feed takes the events of an engine, which may come from any goroutine and at any rate,
// and keeps what is worth showing until the program fetches it, ten times a second. It
// never blocks and never calls back, and what it keeps is bounded.
type Feed struct {
	mu   sync.Mutex
	news news
}

// news are what came since the last time.
type news struct {
	progress *engine.Progress // the last one
	fresh    []fresh          // of all of them
	missed   int              // sightings for which there was no room
	events   int              // how many events came
	notes    []engine.Note
	told     []told // the last ones
	lines    int    // how many came
	waiting  *engine.Waiting
}

// fresh is a sighting of a service.
type fresh struct {
	service string
	elapsed time.Duration // since the trace began, when it was told
	engine.Sighting
}

// moment is when it was seen, since the trace began.
func (f *fresh) moment() time.Duration {
	if f.Origin == nil || f.Origin.Offset > uint64(f.elapsed.Milliseconds()) {
		return f.elapsed
	}
	return time.Duration(f.Origin.Offset) * time.Millisecond
}

// told is a line of what batten and the programs that it runs say.
type told struct {
	from, text string
	warning    bool
}

const (
	// maxTold bounds the lines that are kept between two looks.
	maxTold = 500
	// maxFresh bounds sightings in the same way: beyond it something is wrong with the
	// terminal, and the recording holds them all.
	maxFresh = 200_000
)

// NewFeed makes an empty feed.
func NewFeed() *Feed { return &Feed{} }

// Handle takes an event. It is what [engine.Options] want as Events.
func (f *Feed) Handle(ev engine.Event) {
	var seen []fresh
	if p, ok := ev.(engine.Progress); ok {
		seen = freshOf(p)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	n := &f.news
	n.events++
	switch ev := ev.(type) {
	case engine.Progress:
		n.progress = &ev
		room := min(maxFresh-len(n.fresh), len(seen))
		n.fresh = append(n.fresh, seen[:room]...)
		n.missed += len(seen) - room
	case engine.Note:
		n.notes = last(append(n.notes, ev), maxTold)
		n.tell(noteTold(ev))
	case engine.Output:
		n.tell(told{from: ev.From, text: ev.Line})
	case engine.Waiting:
		n.waiting = &ev
	case engine.Wrote:
		n.tell(told{from: "batten", text: "wrote " + ev.Path + inBrackets(ev.What)})
	}
}

func (n *news) tell(t told) {
	n.told = last(append(n.told, t), maxTold)
	n.lines++
}

func noteTold(n engine.Note) told {
	return told{"batten", n.Text + inBrackets(n.Hint), n.Level > engine.Info}
}

func inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

// freshOf are the sightings of a progress in the order of their moments: it has them by
// service and kind.
func freshOf(p engine.Progress) []fresh {
	n := 0
	for _, s := range p.Services {
		n += len(s.New)
	}
	if n == 0 {
		return nil
	}
	out := make([]fresh, 0, n)
	for _, s := range p.Services {
		for _, one := range s.New {
			out = append(out, fresh{s.Service, p.Elapsed, one})
		}
	}
	slices.SortStableFunc(out, func(a, b fresh) int { return cmp.Compare(a.moment(), b.moment()) })
	return out
}

// take returns what came since the last call.
func (f *Feed) take() news {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.news
	f.news = news{}
	return n
}

func last[T any](list []T, n int) []T {
	if len(list) > n {
		return list[len(list)-n:]
	}
	return list
}

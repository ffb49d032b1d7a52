package tui

import (
	"strings"

	"batten/internal/engine"
)

const (
	// maxSeen is how many sightings are kept for the stream, give or take a page: the
	// oldest go. The recording holds them all.
	maxSeen = 200_000
	// maxLines is how many lines of output are kept.
	maxLines = 1000
)

// traceLog is what the program knows of a trace: everything that was first seen, in its
// order, and how each service stands.
type traceLog struct {
	running bool
	begun   bool // there was a trace in this session
	replay  bool // of a recording
	waiting string
	result  *engine.TraceResult

	progress  engine.Progress
	seen      pages[seen]
	forgotten int // sightings before the first in seen, those of earlier traces too
	missed    int // sightings that did not fit the feed
	told      []told
	lines     int // how many came, those that are gone too
	rate      rate

	paused  bool
	held    int // how many of seen are shown while paused
	version int // grows with everything
}

// seen is a sighting with what a filter looks at.
type seen struct {
	fresh
	words string
}

func newTraceLog() *traceLog { return &traceLog{} }

// begin forgets what an earlier trace showed.
func (t *traceLog) begin() {
	*t = traceLog{running: true, begun: true, version: t.version + 1, forgotten: t.forgotten + t.seen.len(), lines: t.lines}
}

// end says that the trace is over; result is nil where there is none.
func (t *traceLog) end(result *engine.TraceResult) {
	t.running, t.waiting, t.result = false, "", result
	t.version++
}

func (t *traceLog) add(n news) {
	if n.events > 0 {
		t.version++
	}
	if n.progress != nil {
		t.begun, t.progress = true, *n.progress
		t.rate.add(t.progress.Elapsed, 0)
	}
	for i := range n.fresh {
		f := &n.fresh[i]
		t.seen.add(seen{*f, wordsOf(f)})
		t.rate.add(f.moment(), 1)
	}
	t.missed += n.missed
	t.told = last(append(t.told, n.told...), maxLines)
	t.lines += n.lines
	gone := t.seen.forget(maxSeen)
	t.forgotten += gone
	t.held = max(t.held-gone, 0)
}

// wordsOf is what a filter looks at: what the row and the details say.
func wordsOf(f *fresh) string {
	parts := []string{f.service, lookOf(f.Kind).word, string(f.Phase), string(f.Part), clean(f.Name), clean(f.Detail), ""}
	if f.Origin != nil {
		parts[len(parts)-1] = clean(f.Origin.Program)
	}
	return strings.ToLower(strings.Join(parts, " "))
}

// visible is how many sightings are to be shown: all of them, or those that were there
// when the stream was paused.
func (t *traceLog) visible() int {
	if t.paused {
		return t.held
	}
	return t.seen.len()
}

// came is how many came while the stream was paused.
func (t *traceLog) came() int { return t.seen.len() - t.visible() }

func (t *traceLog) pause(on bool) { t.paused, t.held = on, t.seen.len(); t.version++ }

// lossy are the services of which something was not seen.
func (t *traceLog) lossy() []*engine.ServiceProgress {
	var out []*engine.ServiceProgress
	for i := range t.progress.Services {
		if s := &t.progress.Services[i]; lossy(s) {
			out = append(out, s)
		}
	}
	return out
}

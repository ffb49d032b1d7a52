package tui

import (
	"bytes"
	"sync"

	"batten/internal/engine"
)

// maxLine bounds a line of a program's output, in bytes: a longer one becomes several.
const maxLine = 4 << 10

// feedWriter hands what a program writes to a feed, line by line, so that nothing of it
// goes to the terminal that the program draws on.
type feedWriter struct {
	feed *Feed
	from string
	mu   sync.Mutex
	rest []byte
}

// writer makes a writer for the output of a program. Its owner calls flush when the
// program has ended.
func (f *Feed) writer(from string) *feedWriter { return &feedWriter{feed: f, from: from} }

func (w *feedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rest = append(w.rest, p...)
	for len(w.rest) > 0 {
		i := bytes.IndexByte(w.rest, '\n')
		switch {
		case i >= 0 && i <= maxLine:
			w.say(i)
			w.rest = w.rest[1:]
		case len(w.rest) > maxLine:
			w.say(maxLine)
		default:
			return len(p), nil
		}
	}
	w.rest = nil
	return len(p), nil
}

// say hands on the first n bytes.
func (w *feedWriter) say(n int) {
	w.feed.Handle(engine.Output{From: w.from, Line: string(bytes.TrimSuffix(w.rest[:n], []byte{'\r'}))})
	w.rest = w.rest[n:]
}

// flush hands on what is left of a line without an end.
func (w *feedWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.rest) > 0 {
		w.say(len(w.rest))
	}
	w.rest = nil
}

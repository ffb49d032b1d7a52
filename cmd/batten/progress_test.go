package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"batten/internal/engine"
)

// Files come in thousands, and have no room in a line.
func TestProgressNamesNewCallsAndNotFiles(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, false, true)
	tell := func(after time.Duration, news ...engine.Sighting) {
		p.handle(engine.Progress{Elapsed: after, Services: []engine.ServiceProgress{{Service: "web", Calls: 1, Files: 2, New: news}}})
	}
	files := []engine.Sighting{
		{Kind: engine.KindFile, Name: "/etc/passwd"}, {Kind: engine.KindSocket, Name: "listen tcp *:80"}, {Kind: engine.KindSignal, Name: "signal TERM"},
	}
	tell(3*time.Second, files...)
	if out.Len() > 0 {
		t.Errorf("files are news: %q", out.String())
	}
	tell(6*time.Second, append(files, engine.Sighting{Kind: engine.KindCall, Name: "openat"})...)
	if got := out.String(); !strings.Contains(got, "new: openat\n") || strings.Contains(got, "passwd") {
		t.Errorf("told %q", got)
	}
}

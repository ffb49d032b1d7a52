package tui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"batten/internal/engine"
)

// reportEvery is how often it is said how a trace stands.
const reportEvery = 5 * time.Second

// interviewTold is what was said already.
type interviewTold struct {
	toast   int
	lines   int // of output
	seen    int
	elapsed time.Duration
}

// do does work and lets the model receive what it comes to, and asks what that leads to.
func (t *interview) do(w work) error {
	for _, msg := range t.wait(w) {
		next := t.m.receive(msg)
		t.report()
		t.toast()
		if err := t.dialogs(); err != nil {
			return err
		}
		if err := t.do(next); err != nil {
			return err
		}
	}
	t.toast()
	if err := t.dialogs(); err != nil {
		return err
	}
	if t.ctx.Err() != nil {
		return errInterrupted
	}
	return nil
}

// wait does work beside this goroutine, and meanwhile says how it stands. An interrupt is
// for the work.
func (t *interview) wait(w work) []tea.Msg {
	if w == nil {
		return nil
	}
	done := make(chan []tea.Msg, 1)
	go func() { done <- outcomes(w) }()
	every := time.NewTicker(t.every)
	defer every.Stop()
	for {
		select {
		case msgs := <-done:
			return msgs
		case <-every.C:
			t.m.take()
			t.report()
		case <-t.signals:
			t.m.cancel()
			t.toast()
		}
	}
}

// outcomes does all parts of some work, one after the other.
func outcomes(w work) []tea.Msg {
	if w == nil {
		return nil
	}
	msg := w()
	batch, ok := msg.(tea.BatchMsg)
	switch {
	case msg == nil:
		return nil
	case !ok:
		return []tea.Msg{msg}
	}
	var out []tea.Msg
	for _, one := range batch {
		out = append(out, outcomes(one)...)
	}
	return out
}

// toast says what would stand in the status line.
func (t *interview) toast() {
	if n := t.m.toast.n; n != t.told.toast {
		t.told.toast = n
		t.say(t.m.toast.text)
	}
}

const (
	// linesTold and namesTold bound what is said at once of what a trace sees.
	linesTold = 20
	namesTold = 8
)

// report says what is new of a trace.
func (t *interview) report() {
	tr := t.m.trace
	fresh := tr.lines - t.told.lines
	t.told.lines = tr.lines
	shown := last(tr.told, min(max(fresh, 0), linesTold))
	if n := fresh - len(shown); n > 0 {
		t.say(counted(n, "line", "lines") + " of output left out")
	}
	for _, l := range shown {
		t.say(l.from + ": " + l.text)
	}
	if !tr.begun || tr.progress.Elapsed == t.told.elapsed {
		return
	}
	t.told.elapsed = tr.progress.Elapsed
	for i := range tr.progress.Services {
		t.say("after " + seconds(tr.progress.Elapsed) + ", " + serviceReport(&tr.progress.Services[i]))
	}
	t.reportNew(tr)
}

// reportNew names what was first seen since the last time, the newest.
func (t *interview) reportNew(tr *traceLog) {
	all := tr.forgotten + tr.seen.len()
	n := min(all-t.told.seen, tr.seen.len())
	t.told.seen = all
	var names []string
	for i := tr.seen.len() - min(n, namesTold); i < tr.seen.len(); i++ {
		names = append(names, tr.seen.at(i).Name)
	}
	switch {
	case n <= 0:
		t.say("nothing new for " + seconds(tr.progress.Quiet))
	case n > len(names):
		t.say(fmt.Sprintf("%d new, the last of them %s", n, strings.Join(names, ", ")))
	default:
		t.say("new: " + strings.Join(names, ", "))
	}
}

func serviceReport(s *engine.ServiceProgress) string {
	text := fmt.Sprintf("%s, %s: %s, %s, %s, %s", s.Service, s.Phase, counted(s.Calls, "call", "calls"), counted(s.Capabilities, "capability", "capabilities"),
		counted(s.Files, "file", "files"), counted(s.Sockets, "socket", "sockets"))
	if s.Denied > 0 {
		text += fmt.Sprintf(", %d denied", s.Denied)
	}
	for _, loss := range s.Losses {
		text += "; " + loss
	}
	return text
}

package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"batten/internal/fault"
)

// job is a call of the engine that takes long. There is one at a time.
type job struct {
	what   string // "loading the project"
	began  time.Time
	cancel context.CancelFunc
	stop   chan struct{} // closed to end it early and keep what it did; nil when it cannot be
	closed bool
}

// ended says that a job is over.
type ended struct {
	job  *job
	then message // may be nil
	err  error
}

// tick is a moment to look at the feed.
type tick struct{}

const tickEvery = 100 * time.Millisecond

func (m *model) ticking() work { return m.after(tickEvery, tick{}) }

// start begins a job, unless there is one already. f gives the message that its result
// is, and its error is shown in any case.
func (m *model) start(what string, stoppable bool, f func(ctx context.Context, stop <-chan struct{}) (message, error)) work {
	if m.busy != nil {
		m.tell(warning, "wait until this is done, or esc to cancel: "+m.busy.what)
		return m.expire()
	}
	ctx, cancel := context.WithCancel(m.ctx)
	j := &job{what: what, began: time.Now(), cancel: cancel}
	if stoppable {
		j.stop = make(chan struct{})
	}
	m.busy = j
	ongoing := m.ongoing
	return tea.Batch(m.ticking(), func() tea.Msg {
		ongoing.Add(1)
		defer ongoing.Done()
		defer cancel()
		then, err := f(ctx, j.stop)
		return ended{j, then, err}
	})
}

// aside is work that is short and may run beside a job.
func (m *model) aside(f func(ctx context.Context) tea.Msg) work {
	ongoing, ctx := m.ongoing, m.ctx
	return func() tea.Msg {
		ongoing.Add(1)
		defer ongoing.Done()
		return f(ctx)
	}
}

func (m *model) ended(e ended) work {
	if m.busy == e.job {
		m.busy = nil
	}
	m.take()
	var next work
	if e.err != nil {
		m.report(e.job.what, e.err)
		next = m.expire()
	}
	if e.then != nil {
		next = tea.Batch(next, e.then.arrive(m))
	}
	return next
}

// report shows an error with what to do about it.
func (m *model) report(what string, err error) {
	if errors.Is(err, context.Canceled) || fault.KindOf(err) == fault.Interrupted {
		m.tell(muted, what+": cancelled")
		return
	}
	m.tell(danger, what+": "+err.Error())
	hint := fault.Hint(err)
	m.open(read("this did not work", func(w int) []line {
		out := wrap(danger, what+": "+err.Error(), w)
		if hint != "" {
			out = append(append(out, nil), wrap(normal, hint, w)...)
		}
		return out
	}))
}

// cancel ends the job: at first kindly, where it can keep what it did.
func (m *model) cancel() {
	switch j := m.busy; {
	case j == nil:
	case j.stop != nil && !j.closed:
		close(j.stop)
		j.closed = true
		m.tell(warning, "stopping, and keeping what was done; once more aborts")
	default:
		j.cancel()
		m.tell(warning, "cancelling")
	}
}

func (m *model) tick() work {
	m.take()
	if m.busy == nil {
		return nil
	}
	return m.ticking()
}

// take fetches what the engine said.
func (m *model) take() {
	if m.options.Feed == nil {
		return
	}
	n := m.options.Feed.take()
	m.trace.add(n)
	for _, note := range n.notes {
		if note.Level > 0 {
			m.tell(warning, note.Text)
		}
	}
	if n.waiting != nil && m.busy != nil {
		m.trace.waiting = n.waiting.For
	}
}

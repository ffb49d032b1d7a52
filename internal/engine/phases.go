package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	"batten/profiles"
)

// phases leads a trace from startup to its steady state, through the workload,
// to its end.
type phases struct {
	tracing *tracing
	began   time.Time
	steady  bool
	// over is when the workload was seen to have ended.
	over time.Time
	// cycling is how stopping and starting again went, nil until it began.
	cycling chan cycled
	again   bool // it was done
}

// cycled is how stopping and starting again went.
type cycled struct {
	done bool
	err  error
}

// advance moves on when it is time to; over is true when the trace may end.
func (p *phases) advance(ctx context.Context, now time.Time) (over bool, err error) {
	t := p.tracing
	if p.cycling != nil && !p.again {
		return p.cycle(now)
	}
	if !p.steady {
		if !p.started(ctx, now) {
			return false, nil
		}
		p.steady = true
		t.rec.enter("", profiles.PhaseSteady)
		if t.req.Workload == "" {
			return false, nil
		}
		for _, one := range lastWords(ctx, t.subject) {
			if !strings.HasSuffix(one, " code 0") { // jobs that are done are part of many projects
				t.engine.warn(one+" before the workload ran", "look at its log")
			}
		}
		if t.workload, err = t.engine.startWorkload(t.req.Workload); err != nil {
			return false, err
		}
		t.engine.emit(Waiting{For: "the workload to finish"})
		return false, nil
	}
	if t.workload == nil {
		return false, nil
	}
	if !t.workload.ended() {
		return false, nil
	}
	if p.over.IsZero() {
		p.over = now
	}
	if t.rec.quiet(now) < settle && now.Sub(p.over) < 2*settle {
		return false, nil
	}
	return !p.beginCycle(ctx), nil
}

// beginCycle stops and starts the services again, if that is wanted and possible
// and was not done.
func (p *phases) beginCycle(ctx context.Context) bool {
	t := p.tracing
	c, able := t.subject.(cycler)
	if !able || !t.req.Cycle || p.cycling != nil || t.workload.code != 0 {
		return false
	}
	t.engine.emit(Waiting{For: "the services to stop and start again"})
	t.rec.enter("", profiles.PhaseShutdown)
	p.cycling = make(chan cycled, 1)
	go func() {
		t.observer.look(ctx)
		done, err := c.cycle(ctx)
		p.cycling <- cycled{done, err}
	}()
	return true
}

// cycle waits for that, and leads through startup and the workload once more.
func (p *phases) cycle(now time.Time) (over bool, err error) {
	select {
	case got := <-p.cycling:
		p.again = true
		if got.err != nil {
			p.tracing.engine.warn("a second start was not seen: "+got.err.Error(), "look at the service's log")
		}
		if got.err != nil || !got.done {
			return true, nil
		}
		p.steady, p.began, p.over = false, now, time.Time{}
		p.tracing.rec.enter("", profiles.PhaseStartup)
	default:
	}
	return false, nil
}

func (p *phases) started(ctx context.Context, now time.Time) bool {
	t := p.tracing
	ready, known := t.subject.ready(ctx)
	switch {
	case known && ready:
		return true
	case now.Sub(p.began) >= maxStartup:
		if known {
			t.engine.warn(fmt.Sprintf("not ready after %s: going on", maxStartup), "look at the service's log")
		}
		return true
	case known:
		return false
	}
	return t.rec.quiet(now) >= settle
}

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
}

// advance moves on when it is time to; over is true when the trace may end.
func (p *phases) advance(ctx context.Context, now time.Time) (over bool, err error) {
	t := p.tracing
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
	return t.rec.quiet(now) >= settle || now.Sub(p.over) >= 2*settle, nil
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

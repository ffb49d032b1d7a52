package engine

import (
	"context"
	"math"
	"time"

	"batten/internal/fault"
	"batten/profiles"
)

// Replay tells of the stored recordings of services as if they were recorded now: the
// same events as [Engine.Trace], at speed times the pace; their times are those of the
// recordings. No services are all that are recorded. It ends when all was told, when
// stop is closed, or with ctx. Nothing is started or written.
func (e *Engine) Replay(ctx context.Context, services []string, speed float64, stop <-chan struct{}) error {
	if !(speed > 0) || math.IsInf(speed, 1) {
		return fault.New(fault.Usage, "give a number above 0: 1 is the pace of the recording", "replay: the speed is %v", speed)
	}
	if len(services) == 0 {
		services = e.Recorded()
	}
	var recorded []profiles.Profile
	for _, name := range services {
		p, err := e.Find(name)
		if err != nil {
			return err
		}
		recorded = append(recorded, p)
	}
	ticks := time.NewTicker(pollEvery)
	defer ticks.Stop()
	began := time.Now()
	told := newTelling(e, recorded)
	e.emit(Waiting{For: "the recording to end"})
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-stop:
			return nil
		case now := <-ticks.C:
			over, err := told.until(time.Duration(float64(now.Sub(began)) * speed))
			if over || err != nil {
				return err
			}
		}
	}
}

// telling is how far a replay has come.
type telling struct {
	recorder *recorder
	session  *replayed
	phases   []phaseAt // what is left of them
}

// phaseAt is when services entered a phase.
type phaseAt struct {
	at    uint64
	phase profiles.Phase
}

func newTelling(e *Engine, recorded []profiles.Profile) *telling {
	t := &telling{session: &replayed{}, phases: phasesOf(recorded)}
	for _, p := range recorded {
		t.session.tapes = append(t.session.tapes, newTape(p))
	}
	// Its clock begins at zero and is that of the recordings.
	t.recorder = newRecorder(e, nil, t.session, time.Time{})
	return t
}

// until tells what was seen until a time after the beginning; over is true when that is
// everything.
func (t *telling) until(elapsed time.Duration) (over bool, err error) {
	at := uint64(max(0, elapsed.Milliseconds()))
	for len(t.phases) > 0 && t.phases[0].at <= at {
		t.recorder.enter("", t.phases[0].phase)
		t.phases = t.phases[1:]
	}
	t.session.at = at
	if err := t.recorder.poll(time.Time{}.Add(elapsed)); err != nil {
		return false, err
	}
	return at >= t.session.end(), nil
}

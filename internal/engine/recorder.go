package engine

import (
	"fmt"
	"time"

	"batten/internal/atomicfile"
	"batten/profiles"
	"batten/trace"
)

// saveEvery is how much of a recording a killed batten loses at most.
const saveEvery = time.Second

// recorder watches a session: it tells what is new and keeps what was seen.
type recorder struct {
	engine  *Engine
	folder  *atomicfile.Folder
	session session

	start, lastNew, lastSave time.Time
	services                 []*watched // in the order of their first target
	byName                   map[string]*watched
	phase                    map[string]profiles.Phase
	saved                    map[string]int // service → size of what was saved
	warned                   bool           // that it could not be saved
}

// session is what a recorder needs of a [trace.Session].
type session interface {
	Snapshot() ([]profiles.Recording, error)
	SetPhase(service string, phase profiles.Phase)
}

// newRecorder makes a recorder; without a folder it keeps nothing.
func newRecorder(e *Engine, f *atomicfile.Folder, s session, now time.Time) *recorder {
	return &recorder{
		engine: e, folder: f, session: s, start: now, lastNew: now, lastSave: now,
		byName: map[string]*watched{}, phase: map[string]profiles.Phase{}, saved: map[string]int{},
	}
}

// poll reads the session, emits the progress and saves when it is time.
func (r *recorder) poll(now time.Time) error {
	recs, err := r.session.Snapshot()
	if err != nil {
		return fmt.Errorf("read trace: %w", err)
	}
	r.take(recs, now)
	r.emit(now)
	if r.folder != nil && now.Sub(r.lastSave) >= saveEvery {
		r.lastSave = now
		// A disk that is full now may have room at the end: the trace goes on.
		if err := r.save(); err != nil && !r.warned {
			r.warned = true
			r.engine.warn(err.Error(), "make room or the folder writable: until then a killed batten would lose the recording")
		}
	}
	return nil
}

// quiet is for how long nothing new was seen.
func (r *recorder) quiet(now time.Time) time.Duration { return now.Sub(r.lastNew) }

func (r *recorder) take(recs []profiles.Recording, now time.Time) {
	for _, w := range r.services {
		w.last = nil
	}
	for _, rec := range recs {
		w := r.byName[rec.Service.Name]
		if w == nil {
			w = newWatched(rec.Service.Name)
			r.byName[w.name] = w
			r.services = append(r.services, w)
		}
		w.last = append(w.last, rec)
		if w.add(rec, r.phaseOf(w.name)) {
			r.lastNew = now
		}
	}
}

func (r *recorder) emit(now time.Time) {
	p := Progress{Elapsed: now.Sub(r.start), Quiet: r.quiet(now)}
	for _, w := range r.services {
		s := w.progress()
		s.Phase = r.phaseOf(w.name)
		p.Services = append(p.Services, s)
	}
	r.engine.emit(p)
}

func (r *recorder) phaseOf(service string) profiles.Phase {
	if p, ok := r.phase[service]; ok {
		return p
	}
	if p, ok := r.phase[""]; ok {
		return p
	}
	return profiles.PhaseStartup
}

// enter tells the session and the progress of a new phase; service "" is all.
func (r *recorder) enter(service string, phase profiles.Phase) {
	if service == "" {
		clear(r.phase)
	}
	r.phase[service] = phase
	r.session.SetPhase(service, phase)
}

// phased is a session whose phases the progress follows too.
type phased struct {
	trace.Session
	recorder *recorder
}

func (p phased) SetPhase(service string, phase profiles.Phase) { p.recorder.enter(service, phase) }

// save keeps what was seen so far of each service of which there is news.
func (r *recorder) save() error {
	for _, w := range r.services {
		size := w.size()
		if len(w.last) == 0 || r.saved[w.name] == size {
			continue
		}
		if err := r.engine.savePartial(r.folder, w.name, w.last); err != nil {
			return fmt.Errorf("save recording of %s: %w", w.name, err)
		}
		r.saved[w.name] = size
	}
	return nil
}

// finish groups the final recordings by service, in the order of first sight.
func finish(recs []profiles.Recording, change func(*profiles.Run)) (names []string, by map[string][]profiles.Recording) {
	by = map[string][]profiles.Recording{}
	for _, rec := range recs {
		change(&rec.Run)
		if _, ok := by[rec.Service.Name]; !ok {
			names = append(names, rec.Service.Name)
		}
		by[rec.Service.Name] = append(by[rec.Service.Name], rec)
	}
	return names, by
}
